"""Finds and searches the files of a selection.

A server takes few terms with a wildcard at once; the hosted product takes 500. Any term is enough for a file to be
found, so a long query is asked in parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from octavo.errors import InvalidArgumentError, NotFoundError
from octavo.facade.making import is_not_made
from octavo.facade.refusals import in_hosted_words
from octavo.files import FileList, FileQuery, SearchResult
from octavo.statuses import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from octavo.facade.filters import Selection
    from octavo.files import File
    from octavo.session import Session

FINISHED = (JobState.SUCCEEDED,)
"""Lists and trees show what is finished; the command line and `Client` show the rest, too."""
WILDCARDS_MAX = 64
"""Terms with a wildcard in one query: the server's limit."""
HITS_MAX = 100_000
"""Hits that one answer tells, of all files together: scripts hold an answer in memory whole."""
TERMS = ("file_ids", "file_names", "symbolic_directory_paths", "symbolic_file_paths", "file_tags")


def find(current: Session, pipeline: str, chosen: Selection) -> FileList:
    """The finished files, in order, at most as many as asked for; none if the pipeline is not made yet.

    Raises OctavoError.
    """
    try:
        lists = [_listed(current, pipeline, part, chosen) for part in parts(chosen.query)]
    except InvalidArgumentError as error:
        raise in_hosted_words(error) from None
    except NotFoundError as error:
        if not is_not_made(error):
            raise
        return FileList(files=(), unmatched=_with_terms(FileQuery(), _terms(chosen.query)))
    if len(lists) == 1:
        return lists[0]
    files = {file.file_id: file for one in lists for file in one.files}
    return FileList(
        files=tuple(_in_order(files.values(), chosen)[: chosen.files_max]),
        unmatched=_joined([one.unmatched for one in lists]),
    )


def paths_below(current: Session, pipeline: str, directory: str, files_max: int) -> list[str]:
    """The finished files' paths, in their order; none if the pipeline is not made yet. Raises OctavoError."""
    try:
        leaves = current.run(current.client.show_tree(pipeline, directory, states=FINISHED, files_max=files_max))
    except InvalidArgumentError as error:
        raise in_hosted_words(error) from None
    except NotFoundError as error:
        if not is_not_made(error):
            raise
        return []
    return [leaf.symbolic_file_path for leaf in leaves]


def search(current: Session, pipeline: str, words: str, chosen: Selection) -> SearchResult:
    """The files with hits, in order, at most as many as asked for, and HITS_MAX hits in all. Raises OctavoError."""
    results: list[SearchResult] = []
    hits_max = HITS_MAX
    for part in parts(chosen.query):
        found_here = current.run(
            current.client.keyword_search(
                pipeline,
                words,
                files=part,
                oldest_first=chosen.oldest_first,
                files_max=chosen.files_max,
                hits_max=hits_max,
            )
        )
        hits_max -= sum(len(one.hits) for one in found_here.files)
        results.append(found_here)
    if len(results) == 1:
        return results[0]
    # Where two parts find a file, the first was told more of its hits.
    found = {hits.file.file_id: hits for one in reversed(results) for hits in one.files}
    files = _in_order([hits.file for hits in found.values()], chosen)
    return SearchResult(
        files=tuple(found[file.file_id] for file in files[: chosen.files_max]),
        stop_words=results[0].stop_words,
        unsearchable_words=results[0].unsearchable_words,
        unmatched=_joined([one.unmatched for one in results]),
    )


def parts(query: FileQuery) -> list[FileQuery]:
    """Queries that together find what `query` finds, none with too many wildcards."""
    terms = _terms(query)
    wild = [one for one in terms if _is_wild(one[1])]
    if len(wild) <= WILDCARDS_MAX:
        return [query]
    exact = [one for one in terms if not _is_wild(one[1])]
    chunks = [wild[start : start + WILDCARDS_MAX] for start in range(0, len(wild), WILDCARDS_MAX)]
    chunks[0] = exact + chunks[0]
    return [_with_terms(query, chunk) for chunk in chunks]


def _with_terms(query: FileQuery, terms: Sequence[tuple[str, Any]]) -> FileQuery:
    chosen: dict[str, Any] = {name: tuple(term for field, term in terms if field == name) for name in TERMS}
    return replace(query, **chosen)


def _terms(query: FileQuery) -> list[tuple[str, Any]]:
    return [(name, term) for name in TERMS for term in getattr(query, name)]


def _listed(current: Session, pipeline: str, query: FileQuery, chosen: Selection) -> FileList:
    return current.run(
        current.client.list_files(
            pipeline, query, states=FINISHED, oldest_first=chosen.oldest_first, files_max=chosen.files_max
        )
    )


def _is_wild(term: str | tuple[str, str]) -> bool:
    return "*" in (term if isinstance(term, str) else term[1])


def _joined(unmatched: Sequence[FileQuery]) -> FileQuery:
    return _with_terms(FileQuery(), [term for one in unmatched for term in _terms(one)])


def _in_order(files: Iterable[File], chosen: Selection) -> list[File]:
    return sorted(files, key=lambda file: file.create_time, reverse=not chosen.oldest_first)
