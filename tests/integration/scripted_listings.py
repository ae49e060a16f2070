"""The scripted server's lists, and what it tells of a watched pipeline: written down beforehand, page by page."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum

import grpc.aio

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import pipeline_service_pb2 as pipelines
from octavo.v1 import processing_service_pb2 as processing
from octavo.v1 import search_service_pb2 as searches


class Fault(Enum):
    """What a stream does instead of telling more."""

    CUT = "as a draining server does"
    END = "as if all had been told"
    SILENCE = "open, without even a heartbeat"


Script = Sequence[processing.StatusWatchResponse | Fault]


class ScriptedListings:
    """Keeps `pages` by method, and a script for each watch of a pipeline in `watches`."""

    def __init__(self) -> None:
        self.pages: dict[str, list] = defaultdict(list)
        self.watches: list[Script] = []

    async def _asked(self, method: str, request: object, context: grpc.aio.ServicerContext) -> None:
        raise NotImplementedError

    async def _abort_unavailable(self, context: grpc.aio.ServicerContext) -> None:
        raise NotImplementedError

    async def _page(self, method: str, request, context, empty):
        copy = type(request)()
        copy.CopyFrom(request)
        await self._asked(method, copy, context)
        number = int(request.page_token or 0)
        if not self.pages[method]:
            return empty
        page = self.pages[method][number]
        page.next_page_token = str(number + 1) if number + 1 < len(self.pages[method]) else ""
        return page

    async def ListFiles(self, request, context):
        return await self._page("ListFiles", request, context, files.ListFilesResponse())

    async def ShowTree(self, request, context):
        return await self._page("ShowTree", request, context, files.ShowTreeResponse())

    async def ListProcesses(self, request, context):
        return await self._page("ListProcesses", request, context, processing.ListProcessesResponse())

    async def ListSnippets(self, request, context):
        return await self._page("ListSnippets", request, context, processing.ListSnippetsResponse())

    async def KeywordSearch(self, request, context):
        return await self._page("KeywordSearch", request, context, searches.KeywordSearchResponse())

    async def ListPipelines(self, request, context):
        return await self._page("ListPipelines", request, context, pipelines.ListPipelinesResponse())

    async def _tell_pipeline(self, context):
        script = self.watches.pop(0) if self.watches else [Fault.SILENCE]
        for item in script:
            match item:
                case Fault.CUT:
                    await self._abort_unavailable(context)
                case Fault.END:
                    return
                case Fault.SILENCE:
                    await asyncio.Event().wait()
                case _:
                    yield item
