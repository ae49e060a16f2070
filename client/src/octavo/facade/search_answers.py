"""The dict that answers a search: its keys, in the order that scripts of the hosted product know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo.answers import OK
from octavo.facade.file_answers import NOTHING_FOUND, call_id, missed, tags
from octavo.facade.timestamps import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from octavo.answers import Answer
    from octavo.files import File, FileHits, FileList, SearchResult

STOP_WORDS = (
    "WARNING: the following words in the query are in the stop_words list and thus no results will be returned for them"
)
UNSEARCHABLE = (
    "WARNING: the following words in the query have no ASCII letter or digit and thus no results will be returned for "
    "them"
)
NO_RESULTS = "WARNING: the following file_ids returned no results for the given query"
OMITTED = "WARNING: the following file_ids have more hits than are told here; this many were left out"


def found(selected: FileList, result: SearchResult) -> Answer:
    """What `keyword_search` answers: hits in `selected` only."""
    searched = {file.file_id for file in selected.files}
    hits = [one for one in result.files if one.file.file_id in searched]
    return {
        "status_code": OK,
        "request_id": call_id(),
        "message": _message(len(hits), len(searched)),
        "warnings": _warnings(selected, result, hits),
        "items": [_item(one) for one in hits],
    }


def _message(hit_count: int, searched_count: int) -> str:
    if not searched_count:
        return NOTHING_FOUND
    if not hit_count:
        return ""
    files = "user file" if hit_count == 1 else "user files"
    if hit_count == searched_count:
        return f"Successfully queried {hit_count} {files}."
    return (
        f"Successfully queried the first {hit_count} {files} out of {searched_count} defined by input query arguments."
    )


def _warnings(selected: FileList, result: SearchResult, hits: Sequence[FileHits]) -> list[dict[str, Any]]:
    have_hits = {one.file.file_id for one in hits}
    told: dict[str, Collection[Any]] = {
        STOP_WORDS: list(result.stop_words),
        UNSEARCHABLE: list(result.unsearchable_words),
        NO_RESULTS: [file.file_id for file in selected.files if file.file_id not in have_hits],
        OMITTED: {one.file.file_id: one.omitted_hit_count for one in hits if one.omitted_hit_count},
    }
    return [{text: things} for text, things in told.items() if things] + missed(selected.unmatched)


def _item(found: FileHits) -> Answer:
    file = found.file
    # A token like hush-hush has a word twice at one place; that is one result.
    hits = dict.fromkeys((hit.keyword, hit.line_number, hit.keyword_number) for hit in found.hits)
    return {
        "file_id": file.file_id,
        "file_metadata": {
            "file_name": file.file_name,
            "symbolic_directory_path": file.symbolic_directory_path,
            "file_tags": tags(file),
            "num_lines": _line_count(file),
            "created_at": shown(file.create_time),
            "last_updated": shown(file.update_time),
        },
        "search_results": [
            {"keyword": keyword, "line_number": line, "keyword_number": number} for keyword, line, number in hits
        ],
    }


def _line_count(file: File) -> int:
    return file.modules[-1].facts.get("num_lines", 0) if file.modules else 0
