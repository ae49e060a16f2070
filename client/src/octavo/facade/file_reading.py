"""What a pipeline tells of its files: `list`, `show_tree`, `fetch_output`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import answers, arguments, narration, session
from octavo.arguments import told
from octavo.errors import FailedPreconditionError, NotFoundError
from octavo.facade import file_answers, filters
from octavo.facade.identity import Identity
from octavo.facade.refusals import refused
from octavo.facade.selecting import find, paths_below
from octavo.facade.tree_drawing import draw
from octavo.narration import Narrator
from octavo.saving import save

if TYPE_CHECKING:
    import builtins
    import os

    from octavo.answers import Answer

EVERYTHING = "/*"


class FileReading(Identity):
    """Finding files and fetching what the modules made of them."""

    @told
    def list(
        self,
        *,
        file_ids: builtins.list[str] | None = None,
        file_names: builtins.list[str] | None = None,
        symbolic_directory_paths: builtins.list[str] | None = None,
        symbolic_file_paths: builtins.list[str] | None = None,
        file_tags: builtins.list[dict[str, str]] | None = None,
        sort_order: str = filters.DESCENDING,
        max_files: int | None = None,
        created_at_start: str | None = None,
        created_at_end: str | None = None,
        last_updated_start: str | None = None,
        last_updated_end: str | None = None,
        verbose: bool = False,
    ) -> Answer:
        """The finished files that any filter fits, if all bounds of time hold; at least one of them must be given.

        Keys `status_code`, `request_id`, `message`, `warnings`, `items`.

        Args:
            file_ids: UUIDs.
            file_names: `*` as the first and last character stands for anything: `*.txt`, `draft*`.
            symbolic_directory_paths: `*` as the last character stands for anything; `/*` is every file.
            symbolic_file_paths: directory and name in one, with the wildcards of both.
            file_tags: dicts of one pair; the value `*` stands for any.
            sort_order: `descending`, the newest first, or `ascending`.
            max_files: 1 to 10,000; default 1,000.
            created_at_start: `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, UTC, included; so are the others.
            created_at_end: a date alone is its last second.
            last_updated_start: of the last `update`; of the creation if there was none.
            last_updated_end: as the others.
            verbose: tell which defaults hold.

        Raises InvalidArgumentError (a ValueError, some TypeErrors too).
        """
        current = session.current()
        arguments.check_flags(verbose=verbose)
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
        narrator.say(f"INFO: sort_order set to {sort_order or filters.DESCENDING}")
        found = find(current, self._name, chosen)
        return file_answers.listed(found.files, found.unmatched)

    @told
    def show_tree(
        self, *, symbolic_directory_path: str = EVERYTHING, max_files: int | None = None, verbose: bool = True
    ) -> Answer:
        """Print the finished files of these directories as a tree.

        Keys `status_code`, `items` (their paths), `request_id`, `message`, `warnings`.

        Args:
            symbolic_directory_path: `/a/b`; with `*` as the last character all that begin so; default `/*`, all.
            max_files: 1 to 10,000; default 1,000.
            verbose: print the tree; else only answer.

        Raises InvalidArgumentError (a ValueError, some TypeErrors too).
        """
        current = session.current()
        arguments.check_flags(verbose=verbose)
        directory = _valid_directory(symbolic_directory_path)
        paths = paths_below(current, self._name, directory, filters.valid_files_max(max_files))
        if verbose:
            narration.say(draw(paths))
        return file_answers.tree(paths)

    @told
    def fetch_output(
        self, *, file_id: str | None = None, local_save_directory: str | os.PathLike[str] | None = None
    ) -> Answer:
        """Save a file's output to `<local_save_directory>/<file_id><extension>`, and include it if it is JSON.

        Keys as of `process`. `status_code` 400 and no output if there is no such file, or it is not finished.

        Args:
            file_id: the file's id.
            local_save_directory: where the output is saved; default: the working directory.

        Raises InvalidArgumentError (a ValueError, some TypeErrors too), and OSErrors for local files.
        """
        current = session.current()
        if file_id is None:
            raise refused("file_id", "please provide a file_id")
        filters.valid_file_id(file_id)
        directory = arguments.valid_directory(local_save_directory)
        try:
            file = current.run(current.client.get_file(file_id, pipeline=self._name))
        except NotFoundError as error:
            return answers.no_output(self._name, file_id, str(error))
        try:
            output = current.run(current.client.fetch_output(file_id=file_id))
        except (NotFoundError, FailedPreconditionError) as error:
            how_far = f"; .process_status(request_id='{file.request_id}') says how far it is"
            return answers.no_output(self._name, file_id, f"{error}{how_far}")
        return answers.fetched(file, output, [save(output, directory, file_id)])


def _valid_directory(symbolic_directory_path: object) -> str:
    field = "symbolic_directory_path"
    if symbolic_directory_path is None:
        raise refused(field, f"{field} cannot be None")
    directory = arguments.valid_text(field, symbolic_directory_path)
    if not directory:
        raise refused(field, f"invalid {field}: must not be empty; everything is {EVERYTHING!r}")
    return directory.lower()
