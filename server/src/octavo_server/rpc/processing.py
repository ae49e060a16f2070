"""ProcessingService: translates calls into use cases."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceServicer
from octavo_server.domain.contents import INLINE_BYTES_MAX
from octavo_server.domain.ids import FileId, RequestId, Revision
from octavo_server.rpc import convert, file_messages, pages, snippets, watching
from octavo_server.rpc.caller import TENANT
from octavo_server.rpc.snapshots import Snapshots
from octavo_server.rpc.submissions import submission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.usecases.accept import Accept
    from octavo_server.usecases.cancel import Cancel
    from octavo_server.usecases.fetch import Fetch
    from octavo_server.usecases.list_jobs import ListJobs
    from octavo_server.usecases.list_snippets import ListSnippets
    from octavo_server.usecases.report import Report
    from octavo_server.usecases.retry import Retry
    from octavo_server.usecases.watch import Watch
    from octavo_server.usecases.watch_pipeline import WatchPipeline

LINE_NUMBERS_AT_ONCE_MAX = 20_000
"""Made into a message without a thread."""


class ProcessingServicer(ProcessingServiceServicer):
    """Submit, status, watch, cancel, retry, list, fetch."""

    def __init__(
        self,
        *,
        accept: Accept,
        report: Report,
        watch: Watch,
        watch_pipeline: WatchPipeline,
        cancel: Cancel,
        retry: Retry,
        listing: ListJobs,
        fetch: Fetch,
        list_snippets: ListSnippets,
    ) -> None:
        self._accept = accept
        self._report = report
        self._watch = watch
        self._watch_pipeline = watch_pipeline
        self._cancel = cancel
        self._retry = retry
        self._list = listing
        self._fetch = fetch
        self._list_snippets = list_snippets
        self._snapshots = Snapshots()

    async def Process(self, request: wire.ProcessRequest, context: ServicerContext[Any, Any]) -> wire.ProcessResponse:
        # Hashing 2 MiB takes milliseconds, which other callers should not wait.
        is_large = len(request.content) > INLINE_BYTES_MAX
        asked = await asyncio.to_thread(submission, request) if is_large else submission(request)
        accepted = await self._accept(TENANT.get(), asked)
        job = accepted.job
        return wire.ProcessResponse(
            file_id=job.file.file_id,
            request_id=job.request_id,
            file_name=job.file.name,
            symbolic_directory_path=job.file.directory,
            file_tags=convert.tags(job),
            file_description=job.file.description,
            pipeline=job.pipeline,
            expire_time=convert.timestamp(job.expire_time),
            revision=job.revision,
            deduplicated=accepted.deduplicated,
        )

    async def ProcessStatus(
        self, request: wire.ProcessStatusRequest, context: ServicerContext[Any, Any]
    ) -> wire.ProcessStatusResponse:
        request_id = RequestId(request.request_id)
        if not request.HasField("wait"):
            return self._snapshots.of(*await self._report(TENANT.get(), request_id))
        known = Revision(request.known_revision) if request.HasField("known_revision") else None
        return self._snapshots.of(
            *await self._report.after(TENANT.get(), request_id, wait_seconds=convert.seconds(request.wait), known=known)
        )

    async def StatusWatch(
        self, request: wire.StatusWatchRequest, context: ServicerContext[Any, Any]
    ) -> AsyncIterator[wire.StatusWatchResponse]:
        async with aclosing(watching.watched(request, self._watch, self._watch_pipeline)) as events:
            async for event in events:
                yield watching.message(event, self._snapshots)

    async def CancelProcess(
        self, request: wire.CancelProcessRequest, context: ServicerContext[Any, Any]
    ) -> wire.CancelProcessResponse:
        job = await self._cancel(TENANT.get(), RequestId(request.request_id))
        return wire.CancelProcessResponse(status=self._snapshots.of(job, None))

    async def RetryProcess(
        self, request: wire.RetryProcessRequest, context: ServicerContext[Any, Any]
    ) -> wire.RetryProcessResponse:
        job = await self._retry(TENANT.get(), RequestId(request.request_id))
        return wire.RetryProcessResponse(status=self._snapshots.of(job, None))

    async def ListProcesses(
        self, request: wire.ListProcessesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListProcessesResponse:
        found = await self._list(
            TENANT.get(),
            request.pipeline,
            states=file_messages.states(request.states),
            page_size=request.page_size,
            after=pages.whole_position(request, request.page_token),
        )
        page = pages.filled(((convert.status(one.job, None), one.position) for one in found.jobs), found.next)
        return wire.ListProcessesResponse(processes=page.messages, next_page_token=pages.token_for(request, page.next))

    async def FetchOutput(
        self, request: wire.FetchOutputRequest, context: ServicerContext[Any, Any]
    ) -> AsyncIterator[wire.FetchOutputResponse]:
        output = await self._fetch.locate(
            TENANT.get(),
            RequestId(request.request_id),
            FileId(request.file_id),
            module=request.module,
            offset=request.read_offset,
        )
        chunks = self._fetch.read(output, offset=request.read_offset)
        header = wire.OutputHeader(
            media_type=output.content.media_type,
            size_bytes=output.content.size_bytes,
            sha256=bytes.fromhex(output.content.sha256),
            file_name=output.file_name,
        )
        yield wire.FetchOutputResponse(header=header)
        async with aclosing(chunks):
            async for chunk in chunks:
                yield wire.FetchOutputResponse(chunk=chunk)

    async def ListSnippets(
        self, request: wire.ListSnippetsRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListSnippetsResponse:
        found, following = await self._list_snippets(
            TENANT.get(),
            RequestId(request.request_id),
            module=request.module,
            page_size=request.page_size,
            after=snippets.place(request),
        )
        # A million line numbers take 50 ms, which other callers should not wait.
        is_large = sum(len(one.line_numbers) for one in found) > LINE_NUMBERS_AT_ONCE_MAX
        if is_large:
            return await asyncio.to_thread(snippets.reply, request, found, following)
        return snippets.reply(request, found, following)
