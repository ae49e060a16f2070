"""What finds words in a pipeline's files: `keyword_search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import arguments, session
from octavo.arguments import told
from octavo.errors import FailedPreconditionError, NotFoundError
from octavo.facade import filters, search_answers
from octavo.facade.identity import SEARCHES, Identity
from octavo.facade.refusals import refused
from octavo.facade.restricted import only_after
from octavo.facade.selecting import find, search
from octavo.files import FileQuery, SearchResult
from octavo.narration import Narrator

if TYPE_CHECKING:
    from octavo.answers import Answer

QUERY_CHARS_MIN, QUERY_CHARS_MAX = 2, 256


class Searching(Identity):
    """Searching files."""

    @only_after(SEARCHES["keyword_search"])
    @told
    def keyword_search(
        self,
        *,
        query: str | None = None,
        file_ids: list[str] | None = None,
        file_names: list[str] | None = None,
        symbolic_directory_paths: list[str] | None = None,
        symbolic_file_paths: list[str] | None = None,
        file_tags: list[dict[str, str]] | None = None,
        sort_order: str = filters.DESCENDING,
        max_files: int | None = None,
        created_at_start: str | None = None,
        created_at_end: str | None = None,
        last_updated_start: str | None = None,
        last_updated_end: str | None = None,
        verbose: bool = False,
    ) -> Answer:
        """Find words in the files that `list` would show for the same filters; any word, singular or plural.

        Only pipelines whose last module is `keyword-db` have it. Keys `status_code`, `request_id`, `message`,
        `warnings`, `items`; files without hits are in a warning, not in `items`. At most 10,000 hits of a file and
        100,000 in all are told; a warning says how many more there are.

        Args:
            query: the words, 2 to 256 characters.
            file_ids: as for `list`, and so are the following.
            file_names: names.
            symbolic_directory_paths: directories.
            symbolic_file_paths: directories and names.
            file_tags: tags.
            sort_order: `descending`, the newest files first, or `ascending`.
            max_files: in how many files to search: 1 to 10,000; default 1,000.
            created_at_start: bounds of time.
            created_at_end: bounds of time.
            last_updated_start: bounds of time.
            last_updated_end: bounds of time.
            verbose: tell which defaults hold.

        Raises InvalidArgumentError (a ValueError, some TypeErrors too).
        """
        current = session.current()
        arguments.check_flags(verbose=verbose)
        words = _valid_query(query)
        chosen = filters.selection(
            file_ids=file_ids,
            file_names=file_names,
            symbolic_directory_paths=symbolic_directory_paths,
            symbolic_file_paths=symbolic_file_paths,
            file_tags=file_tags,
            sort_order=sort_order,
            max_files=max_files,
            created_at=(created_at_start, created_at_end),
            last_updated=(last_updated_start, last_updated_end),
        )
        narrator = Narrator(is_verbose=verbose)
        filters.tell_default_count(narrator, max_files)
        narrator.say(f"INFO: sort_order is set to {sort_order or filters.DESCENDING}.")
        # The messages count the files that were searched, not only those with hits.
        selected = find(current, self._name, chosen)
        try:
            result = search(current, self._name, words, chosen)
        except (NotFoundError, FailedPreconditionError):
            # Without files there need be no pipeline on the server, or one of another chain.
            if selected.files:
                raise
            result = SearchResult(files=(), stop_words=(), unmatched=FileQuery())
        return search_answers.found(selected, result)


def _valid_query(query: object) -> str:
    if query is None:
        raise refused("query", "query is empty - please enter a query")
    text = arguments.valid_text("query", query).strip()
    length = len(text)
    if length < QUERY_CHARS_MIN:
        raise refused("query", f"invalid query: length is less than {QUERY_CHARS_MIN} characters")
    if length > QUERY_CHARS_MAX:
        raise refused("query", f"invalid query: length is greater than {QUERY_CHARS_MAX} characters")
    return text
