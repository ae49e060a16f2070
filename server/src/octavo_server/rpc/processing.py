"""ProcessingService: translates calls into use cases."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceServicer
from octavo_server.domain.contents import INLINE_BYTES_MAX
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import FileId, RequestId, Revision
from octavo_server.domain.submissions import ModuleOptions, Submission
from octavo_server.rpc import convert, tokens
from octavo_server.rpc.caller import TENANT
from octavo_server.rpc.snapshots import Snapshots
from octavo_server.usecases.watch import Heartbeat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from google.protobuf.struct_pb2 import Struct
    from grpc.aio import ServicerContext

    from octavo_server.domain.jobs import Priority
    from octavo_server.usecases.accept import Accept
    from octavo_server.usecases.cancel import Cancel
    from octavo_server.usecases.fetch import Fetch
    from octavo_server.usecases.report import Report
    from octavo_server.usecases.watch import Watch


class ProcessingServicer(ProcessingServiceServicer):
    """Submit, status, watch, cancel, fetch."""

    def __init__(self, *, accept: Accept, report: Report, watch: Watch, cancel: Cancel, fetch: Fetch) -> None:
        self._accept = accept
        self._report = report
        self._watch = watch
        self._cancel = cancel
        self._fetch = fetch
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
            file_tags=[job_pb2.FileTag(key=tag.key, value=tag.value) for tag in job.file.tags],
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
        events = self._watch(
            TENANT.get(),
            [RequestId(request_id) for request_id in request.request_ids],
            after=tokens.seen_by(request.resume_token),
            heartbeat_seconds=convert.seconds(request.heartbeat_interval)
            if request.HasField("heartbeat_interval")
            else None,
        )
        async with aclosing(events):
            async for event in events:
                token = tokens.resume_token(event.seen)
                if isinstance(event, Heartbeat):
                    yield wire.StatusWatchResponse(heartbeat=wire.Heartbeat(), resume_token=token)
                else:
                    status = self._snapshots.of(event.job, event.progress)
                    yield wire.StatusWatchResponse(status=status, resume_token=token)

    async def CancelProcess(
        self, request: wire.CancelProcessRequest, context: ServicerContext[Any, Any]
    ) -> wire.CancelProcessResponse:
        job = await self._cancel(TENANT.get(), RequestId(request.request_id))
        return wire.CancelProcessResponse(status=self._snapshots.of(job, None))

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


def submission(request: wire.ProcessRequest) -> Submission:
    """What a ProcessRequest asks for."""
    has_content = request.WhichOneof("source") == "content"
    return Submission(
        pipeline=request.pipeline,
        content=request.content if has_content else None,
        upload_id=request.upload_id,
        file_name=request.file_name,
        source_file_name=request.source_file_name,
        directory=request.symbolic_directory_path,
        path=request.symbolic_file_path,
        tags=tuple((tag.key, tag.value) for tag in request.file_tags),
        description=request.file_description if request.HasField("file_description") else None,
        options={
            key: ModuleOptions(options.model, _params(options.params)) for key, options in request.modules.items()
        },
        expire_seconds=convert.seconds(request.expire_after) if request.HasField("expire_after") else None,
        processing_seconds=convert.seconds(request.processing_timeout)
        if request.HasField("processing_timeout")
        else None,
        priority=_priority(request.priority),
        idempotency_key=request.idempotency_key,
        fingerprint=_fingerprint(request) if request.idempotency_key else "",
    )


def _priority(number: wire.Priority.ValueType) -> Priority:
    if number not in convert.PRIORITY:
        raise InvalidArgumentError("priority", f"{number} is none; leave it out, or choose 1 (low) to 3 (high)")
    return convert.PRIORITY[number]


def _params(params: Struct) -> dict[str, object]:
    """Numbers, texts and booleans as they are; lists and structs as something that no param is."""
    return {name: getattr(value, value.WhichOneof("kind") or "null_value") for name, value in params.fields.items()}


def _fingerprint(request: wire.ProcessRequest) -> str:
    """The same for the same request only. Maps are written in order of their keys."""
    return hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
