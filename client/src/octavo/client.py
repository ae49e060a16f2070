"""The asynchronous client."""

from __future__ import annotations

import uuid
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from octavo import convert
from octavo.address import parse_address
from octavo.channel import AUTH_KEY, Connection
from octavo.documents import Document
from octavo.errors import NotFoundError
from octavo.output import Fetch
from octavo.retry import Patience
from octavo.statuses import Priority
from octavo.upload import Upload
from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2 import (
    CreatePipelineRequest,
    GetPipelineRequest,
    ListModulesRequest,
    ListPipelinesRequest,
    ResetPipelineRequest,
)
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2 import (
    CancelProcessRequest,
    FetchOutputRequest,
    ProcessRequest,
    ProcessStatusRequest,
)
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.watch import Watch

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    import grpc

    from octavo.catalog import ModuleInfo, PipelineInfo
    from octavo.statuses import Job, JobStatus, Output
    from octavo.v1.file_service_pb2_grpc import FileServiceAsyncStub
    from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceAsyncStub
    from octavo.v1.processing_service_pb2_grpc import ProcessingServiceAsyncStub

PAGE_SIZE = 1_000
UPLOAD = "upload"
"""What the server calls an upload in ResourceInfo."""


class Client:
    """A client of one server. Use it as `async with Client("127.0.0.1:50051") as client:`.

    Every call retries while the server is not there (`patience`), and every unary call has a deadline of 30 s an
    attempt. All methods raise OctavoError.
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        patience: Patience | None = None,
        on_lost: Callable[[str, float], None] | None = None,
    ) -> None:
        """Nothing is connected yet.

        Args:
            address: `host:port` or `http://host:port` (no TLS), `https://host:port` (TLS).
            api_key: sent with every call, if given.
            credentials: for TLS; default: the roots that come with gRPC.
            patience: how long to go on trying while no server answers.
            on_lost: called once each time that a server which had answered is gone, with its `host:port` and for how
                many seconds calls will try again; in the event loop, so it must not block.
        """
        self._connection = Connection(
            parse_address(address),
            api_key=api_key,
            credentials=credentials,
            patience=patience or Patience(),
            on_lost=on_lost,
        )

    @property
    def target(self) -> str:
        """The server's `host:port`."""
        return self._connection.address.target

    async def __aenter__(self) -> Self:
        self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()

    @cached_property
    def _processing(self) -> ProcessingServiceAsyncStub:
        return ProcessingServiceStub(self._connection.channel)

    @cached_property
    def _files(self) -> FileServiceAsyncStub:
        return FileServiceStub(self._connection.channel)

    @cached_property
    def _pipelines(self) -> PipelineServiceAsyncStub:
        return PipelineServiceStub(self._connection.channel)

    # Jobs

    async def process(
        self,
        pipeline: str,
        document: str | os.PathLike[str] | bytes,
        *,
        file_name: str = "",
        source_file_name: str = "",
        symbolic_directory_path: str = "",
        symbolic_file_path: str = "",
        file_tags: Iterable[tuple[str, str]] = (),
        file_description: str | None = None,
        modules: Mapping[str, Mapping[str, Any]] | None = None,
        expire_seconds: float | None = None,
        processing_seconds_max: float | None = None,
        priority: Priority = Priority.NORMAL,
        idempotency_key: str = "",
    ) -> Job:
        """Submit a document; returns when the job is durable.

        A document over 2 MiB is uploaded first, in chunks, and never held in memory. Safe to repeat with the same
        `idempotency_key`: that returns the first job again. Raises OSError for a file that can't be read.

        Args:
            pipeline: its name.
            document: a file's path, or the bytes themselves.
            file_name: its name there; default: generated.
            source_file_name: its name here, for its extension; default: the path's.
            symbolic_directory_path: where to file it; default `/etc`.
            symbolic_file_path: directory and name in one, instead of the two.
            file_tags: at most 20 pairs of key and value.
            file_description: at most 256 characters.
            modules: `{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`; default: each default model.
            expire_seconds: until everything about it is removed; default 1,800.
            processing_seconds_max: how long the job may take from its first start; default: no bound of its own.
            priority: which waiting job goes first.
            idempotency_key: 1-128 visible ASCII characters; default: a UUID for this call.
        """
        source = Document(document)
        request = ProcessRequest(
            pipeline=pipeline,
            file_name=file_name,
            source_file_name=source_file_name or source.name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=convert.tags_to_wire(file_tags),
            file_description=file_description,
            modules=convert.modules_to_wire(modules or {}),
            expire_after=convert.duration(expire_seconds),
            processing_timeout=convert.duration(processing_seconds_max),
            priority=convert.PRIORITY_TO_WIRE[priority],
            idempotency_key=idempotency_key or str(uuid.uuid4()),
        )
        await self._attach(request, source)
        try:
            reply, _ = await self._connection.unary(self._processing.Process, request)
        except NotFoundError as error:
            if error.resource_type != UPLOAD:
                raise
            # A server died between taking the upload over and recording the job.
            await self._attach(request, source)
            reply, _ = await self._connection.unary(self._processing.Process, request)
        return convert.job(reply)

    async def _attach(self, request: ProcessRequest, document: Document) -> None:
        content = await document.inline()
        if content is not None:
            request.content = content
            return
        upload = Upload(self._connection, self._files, document, idempotency_key=request.idempotency_key)
        await upload.run()
        request.upload_id = upload.upload_id

    async def process_status(self, request_id: str) -> JobStatus:
        """The job's status now."""
        request = ProcessStatusRequest(request_id=request_id)
        reply, _ = await self._connection.unary(self._processing.ProcessStatus, request)
        return convert.job_status(reply)

    async def watch(self, *request_ids: str) -> AsyncGenerator[JobStatus]:
        """Each job's status now, then every later one as a full snapshot, until all jobs are final.

        Goes on after a disconnect or a restart of the server by itself; a slow reader gets the latest status rather
        than every one. Leaving the watch (`contextlib.aclosing` does it in time) never touches the jobs.
        """
        async with aclosing(Watch(self._connection, self._processing, request_ids).statuses()) as statuses:
            async for status in statuses:
                yield status

    async def cancel(self, request_id: str) -> JobStatus:
        """Ask a job to stop; returns its status right after: `CANCELLING` or `CANCELLED`."""
        request = CancelProcessRequest(request_id=request_id)
        reply, _ = await self._connection.unary(self._processing.CancelProcess, request)
        return convert.job_status(reply.status)

    async def fetch_output(self, request_id: str, *, module: str = "") -> Output:
        """What a module made, checked against its SHA-256; default: the last module, whose output is the job's.

        `module`: its key in `process_status`.
        """
        request = FetchOutputRequest(request_id=request_id, module=module)
        return await Fetch(self._connection, self._processing, request).run()

    # Pipelines

    async def create_pipeline(self, name: str, module_chain: Sequence[str]) -> PipelineInfo:
        """Make a pipeline; the same name and chain again is OK and changes nothing."""
        request = CreatePipelineRequest(name=name, module_chain=module_chain)
        reply, _ = await self._connection.unary(self._pipelines.CreatePipeline, request)
        return convert.pipeline_info(reply.pipeline)

    async def get_pipeline(self, name: str) -> PipelineInfo:
        """One pipeline. Raises NotFoundError."""
        reply, _ = await self._connection.unary(self._pipelines.GetPipeline, GetPipelineRequest(name=name))
        return convert.pipeline_info(reply.pipeline)

    async def list_pipelines(self) -> list[PipelineInfo]:
        """All your pipelines, by name."""
        pipelines: list[PipelineInfo] = []
        page_token = ""
        while True:
            request = ListPipelinesRequest(page_size=PAGE_SIZE, page_token=page_token)
            reply, _ = await self._connection.unary(self._pipelines.ListPipelines, request)
            pipelines.extend(convert.pipeline_info(pipeline) for pipeline in reply.pipelines)
            page_token = reply.next_page_token
            if not page_token:
                return pipelines

    async def reset_pipeline(self, name: str) -> int:
        """Delete everything the pipeline holds, running jobs included; returns how many files that were."""
        reply, _ = await self._connection.unary(self._pipelines.ResetPipeline, ResetPipelineRequest(name=name))
        return reply.deleted_file_count

    async def list_modules(self) -> list[ModuleInfo]:
        """The modules that chains can be made of, by name."""
        reply, _ = await self._connection.unary(self._pipelines.ListModules, ListModulesRequest())
        return [convert.module_info(module) for module in reply.modules]

    async def authenticate(self) -> str:
        """Reach the server and show the credential; returns how it knew the caller.

        `api-key`, or `none` if the server asks for no credential. Raises UnauthenticatedError, UnavailableError.
        """
        _, metadata = await self._connection.unary(self._pipelines.ListModules, ListModulesRequest())
        return str(metadata.get(AUTH_KEY, "none"))
