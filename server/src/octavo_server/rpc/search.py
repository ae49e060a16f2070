"""SearchService: translates calls into use cases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from octavo.v1 import search_service_pb2 as wire
from octavo.v1.search_service_pb2_grpc import SearchServiceServicer
from octavo_server.rpc import file_messages, pages
from octavo_server.rpc.caller import TENANT

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.usecases.hits import FoundFile
    from octavo_server.usecases.keyword_search import Found, KeywordSearch

HITS_AT_ONCE_MAX = 2_000
"""Made into messages without a thread."""


class SearchServicer(SearchServiceServicer):
    """Searches."""

    def __init__(self, *, keyword_search: KeywordSearch) -> None:
        self._keyword_search = keyword_search

    async def KeywordSearch(
        self, request: wire.KeywordSearchRequest, context: ServicerContext[Any, Any]
    ) -> wire.KeywordSearchResponse:
        found = await self._keyword_search(
            TENANT.get(),
            request.pipeline,
            request.query,
            file_messages.query(request.files, field="files"),
            oldest_first=file_messages.is_oldest_first(request.order),
            page_size=request.page_size,
            after=pages.whole_position(request, request.page_token),
        )
        # A hundred thousand hits take 100 ms, which other callers should not wait.
        is_large = sum(len(one.hits) for one in found.files) > HITS_AT_ONCE_MAX
        page = await asyncio.to_thread(_page, found) if is_large else _page(found)
        return wire.KeywordSearchResponse(
            files=page.messages,
            next_page_token=pages.token_for(request, page.next),
            stop_words=found.stop_words,
            unmatched=file_messages.unmatched(found.unmatched),
            unsearchable_words=found.unsearchable_words,
        )


def _page(found: Found) -> pages.Filled[wire.FileHits, int]:
    return pages.filled(((_hits(one), one.position) for one in found.files), found.next)


def _hits(found: FoundFile) -> wire.FileHits:
    return wire.FileHits(
        file=file_messages.file(found.job),
        hits=[
            wire.KeywordHit(keyword=hit.keyword, line_number=hit.line_number, keyword_number=hit.keyword_number)
            for hit in found.hits
        ],
        omitted_hit_count=found.omitted_hit_count,
    )
