"""Searches what the modules made."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from octavo.calls.base import Calls
from octavo.calls.paging import PAGE_SIZE_MAX, pages, valid_files_max
from octavo.convert import files as convert_files
from octavo.convert import plain
from octavo.files import FileQuery, SearchResult
from octavo.v1.search_service_pb2 import KeywordSearchRequest

if TYPE_CHECKING:
    from octavo.files import FileHits


class SearchCalls(Calls):
    """Searches what the modules made."""

    async def keyword_search(
        self,
        pipeline: str,
        query: str,
        *,
        files: FileQuery | None = None,
        oldest_first: bool = False,
        files_max: int = 1_000,
        hits_max: int | None = None,
    ) -> SearchResult:
        """The first `files_max` files of a pipeline that have one of the words; its last module must be `keyword-db`.

        It reads the indexes that the module made, never documents. Raises InvalidArgumentError (the query or a term
        breaks its rule), NotFoundError (no such pipeline), FailedPreconditionError (no `keyword-db` at its end).

        Args:
            pipeline: its name.
            query: the words, 2 to 256 characters, in any order; a file is found if it has one of them, singular or
                plural.
            files: which files to search; default: all.
            oldest_first: in the order they were accepted; default: the newest first.
            files_max: at most so many files; of each, the first 10,000 hits.
            hits_max: at most so many hits of all files together, the first ones; the others are counted in
                `omitted_hit_count`. Default: any number.
        """
        request = plain.message(
            KeywordSearchRequest,
            pipeline=pipeline,
            query=query,
            files=convert_files.query_to_wire(files),
            order=convert_files.order(oldest_first=oldest_first),
        )
        page_size_max = min(valid_files_max(files_max), PAGE_SIZE_MAX)
        found: list[FileHits] = []
        stop_words: tuple[str, ...] = ()
        unsearchable_words: tuple[str, ...] = ()
        unmatched = FileQuery()
        async with aclosing(
            pages(self._connection, self._searches.KeywordSearch, request, page_size_max=page_size_max)
        ) as replies:
            async for reply in replies:
                stop_words = stop_words or tuple(reply.stop_words)
                unsearchable_words = unsearchable_words or tuple(reply.unsearchable_words)
                if reply.HasField("unmatched"):
                    unmatched = convert_files.query(reply.unmatched)
                for hits in reply.files[: files_max - len(found)]:
                    found.append(shortened(convert_files.file_hits(hits), hits_max))
                    hits_max = None if hits_max is None else hits_max - len(found[-1].hits)
                if len(found) == files_max:
                    break
        return SearchResult(
            files=tuple(found), stop_words=stop_words, unmatched=unmatched, unsearchable_words=unsearchable_words
        )


def shortened(found: FileHits, hits_max: int | None) -> FileHits:
    """The first `hits_max` hits, the others counted; None: as it is."""
    if hits_max is None or len(found.hits) <= hits_max:
        return found
    omitted = found.omitted_hit_count + len(found.hits) - hits_max
    return replace(found, hits=found.hits[:hits_max], omitted_hit_count=omitted)
