"""A server in this process whose answers and failures a test writes down beforehand; for faults no real server has."""

import asyncio
import hashlib
import uuid
from collections import defaultdict
from contextlib import aclosing
from typing import Self

import google_crc32c
import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import (
    file_service_pb2_grpc,
    pipeline_service_pb2_grpc,
    processing_service_pb2_grpc,
    search_service_pb2_grpc,
)
from octavo.v1 import job_pb2 as jobs
from octavo.v1 import pipeline_service_pb2 as pipelines
from octavo.v1 import processing_service_pb2 as processing
from tests.integration.scripted_listings import ScriptedListings

CALL_ID = "call-0001"
OUTPUT_CHUNK_BYTES = 64 * 1024
RETRYABLE = (jobs.JOB_STATE_FAILED, jobs.JOB_STATE_CANCELLED)
FINAL = (jobs.JOB_STATE_SUCCEEDED, jobs.JOB_STATE_FAILED, jobs.JOB_STATE_CANCELLED)


def snapshot(request_id: str, revision: int, state: jobs.JobState) -> processing.ProcessStatusResponse:
    """A job of one parser."""
    is_done = state == jobs.JOB_STATE_SUCCEEDED
    module = jobs.ModuleStatus(
        name="parser",
        key="parser",
        model="sentence",
        state=jobs.MODULE_STATE_SUCCEEDED if is_done else jobs.MODULE_STATE_RUNNING,
    )
    return processing.ProcessStatusResponse(
        status_code=200,
        request_id=request_id,
        file_id=f"file-of-{request_id}",
        message="SUCCESS: process_status found",
        pipeline="p",
        overall_status=jobs.OVERALL_STATUS_COMPLETE if is_done else jobs.OVERALL_STATUS_ONGOING,
        state=state,
        modules=[module],
        revision=revision,
    )


async def abort(
    context: grpc.aio.ServicerContext, code: grpc.StatusCode, message: str, reason: str, *details: object
) -> None:
    """End the call as the contract says: ErrorInfo, further details, the call's id."""
    status = Status(code=code.value[0], message=message)
    for detail in (error_details_pb2.ErrorInfo(reason=reason, domain="octavo"), *details):
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    metadata = (("grpc-status-details-bin", status.SerializeToString()), ("octavo-call-id", CALL_ID))
    await context.abort(code, message, metadata)


async def abort_unavailable(context: grpc.aio.ServicerContext) -> None:
    delay = Duration()
    delay.FromMilliseconds(1)
    retry = error_details_pb2.RetryInfo(retry_delay=delay)
    await abort(context, grpc.StatusCode.UNAVAILABLE, "the server is stopping", "SERVER_STOPPING", retry)


class ScriptedServer(
    ScriptedListings,
    processing_service_pb2_grpc.ProcessingServiceServicer,
    file_service_pb2_grpc.FileServiceServicer,
    pipeline_service_pb2_grpc.PipelineServiceServicer,
    search_service_pb2_grpc.SearchServiceServicer,
):
    """Keeps what it was asked in `requests`, by method; fails as often as `unavailable` or `dropped` says.

    `refusals`: what every call of a method is answered with instead: code, message, reason, details.
    """

    def __init__(self) -> None:
        super().__init__()
        self.address = "127.0.0.1:0"
        self.requests: dict[str, list] = defaultdict(list)
        self.metadata: dict[str, list] = defaultdict(list)
        self.seconds_left: dict[str, list] = defaultdict(list)
        self.unavailable: dict[str, int] = defaultdict(int)
        self.dropped: dict[str, int] = defaultdict(int)
        self.refusals: dict[str, tuple] = {}
        self.lost_replies: dict[str, int] = defaultdict(int)
        self.snapshots: dict[str, processing.ProcessStatusResponse] = {}
        self.unknown_tokens: set[str] = set()
        self.accepted: dict[str, processing.ProcessResponse] = {}
        self.output = b"[]"
        self.output_cuts: list[int] = []
        self.upload_cuts: list[int] = []
        self.committed = bytearray()
        self.file_ids: set[str] = set()
        self.has_pipeline = True
        self.is_upload_complete = False
        self.damage_next_chunk = False
        self.upload_bytes_max: int | None = None
        self.lost_uploads = 0
        self.says_farewell = True
        self.early_ends = 0
        self.changed = asyncio.Condition()
        self.watching = asyncio.Event()
        self._watch_cut = asyncio.Event()
        self._server: grpc.aio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """On a free port, and on that port again after `stop`."""
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        processing_service_pb2_grpc.add_ProcessingServiceServicer_to_server(self, self._server)
        file_service_pb2_grpc.add_FileServiceServicer_to_server(self, self._server)
        pipeline_service_pb2_grpc.add_PipelineServiceServicer_to_server(self, self._server)
        search_service_pb2_grpc.add_SearchServiceServicer_to_server(self, self._server)
        port = self._server.add_insecure_port(self.address)
        self.address = f"127.0.0.1:{port}"
        await self._server.start()

    async def stop(self) -> None:
        """At once: open calls are cut."""
        assert self._server is not None
        await self._server.stop(None)

    async def publish(self, status: processing.ProcessStatusResponse) -> None:
        async with self.changed:
            self.snapshots[status.request_id] = status
            self.changed.notify_all()

    async def cut_watches(self) -> None:
        """End open watches as a draining server does."""
        self.watching.clear()
        self._watch_cut.set()
        async with self.changed:
            self.changed.notify_all()

    async def _asked(self, method: str, request: object, context: grpc.aio.ServicerContext) -> None:
        self.requests[method].append(request)
        self.metadata[method].append(dict(context.invocation_metadata()))
        self.seconds_left[method].append(context.time_remaining())
        context.set_trailing_metadata((("octavo-call-id", CALL_ID), ("octavo-auth", "api-key")))
        if self.unavailable[method] > 0:
            self.unavailable[method] -= 1
            await abort_unavailable(context)
        if request is not None:
            await self._refuse(method, context)
        if self.dropped[method] > 0:
            self.dropped[method] -= 1
            # What a stopping grpc.aio server makes of a call that it had just matched.
            await context.abort(grpc.StatusCode.CANCELLED, "")

    async def _refuse(self, method: str, context: grpc.aio.ServicerContext) -> None:
        if method in self.refusals:
            await abort(context, *self.refusals[method])

    async def _lose_reply(self, method: str, context: grpc.aio.ServicerContext) -> None:
        if self.lost_replies[method] > 0:
            self.lost_replies[method] -= 1
            await abort_unavailable(context)

    async def _abort_unavailable(self, context: grpc.aio.ServicerContext) -> None:
        await abort_unavailable(context)

    async def Process(self, request, context):
        await self._asked("Process", request, context)
        if self.lost_uploads > 0:
            self.lost_uploads -= 1
            self.committed.clear()
            self.is_upload_complete = False
            resource = error_details_pb2.ResourceInfo(resource_type="upload", resource_name=request.upload_id)
            await abort(context, grpc.StatusCode.NOT_FOUND, "no upload", "UPLOAD_NOT_FOUND", resource)
        known = self.accepted.get(request.idempotency_key)
        if known is None:
            request_id = str(uuid.uuid4())
            known = processing.ProcessResponse(
                file_id=f"file-of-{request_id}",
                request_id=request_id,
                file_name=request.file_name or "octavo_generated_file_name_abcdefghij.txt",
                symbolic_directory_path=request.symbolic_directory_path or "/etc",
                file_tags=request.file_tags,
                file_description=request.file_description if request.HasField("file_description") else None,
                pipeline=request.pipeline,
                revision=1,
            )
            self.accepted[request.idempotency_key] = known
            self.snapshots[request_id] = snapshot(request_id, 1, jobs.JOB_STATE_PENDING)
        await self._lose_reply("Process", context)
        return known

    async def ProcessStatus(self, request, context):
        await self._asked("ProcessStatus", request, context)
        return await self._known(request.request_id, context)

    async def _known(self, request_id, context):
        if request_id not in self.snapshots:
            resource = error_details_pb2.ResourceInfo(resource_type="job", resource_name=request_id)
            await abort(context, grpc.StatusCode.NOT_FOUND, f"no job {request_id!r}", "JOB_NOT_FOUND", resource)
        return self.snapshots[request_id]

    async def StatusWatch(self, request, context):
        await self._asked("StatusWatch", request, context)
        if request.resume_token in self.unknown_tokens:
            violation = error_details_pb2.BadRequest.FieldViolation(field="resume_token", description="of another")
            bad = error_details_pb2.BadRequest(field_violations=[violation])
            await abort(context, grpc.StatusCode.INVALID_ARGUMENT, "of another", "RESUME_TOKEN_UNKNOWN", bad)
        told = self._tell_pipeline(context) if request.pipeline else self._tell_jobs(request, context)
        async with aclosing(told) as responses:
            async for response in responses:
                yield response

    async def _tell_jobs(self, request, context):
        sent = int(request.resume_token or 0)
        for request_id in request.request_ids:
            await self._known(request_id, context)
        self._watch_cut.clear()
        while True:
            async with self.changed:
                news = [self.snapshots[each] for each in request.request_ids if self.snapshots[each].revision > sent]
                if not news:
                    if self.says_farewell and all(self.snapshots[each].state in FINAL for each in request.request_ids):
                        return
                    self.watching.set()
                    await self.changed.wait()
            if self._watch_cut.is_set():
                await abort_unavailable(context)
            yield processing.StatusWatchResponse(heartbeat=processing.Heartbeat(), resume_token=str(sent))
            for status in sorted(news, key=lambda each: each.revision):
                sent = max(sent, status.revision)
                yield processing.StatusWatchResponse(status=status, resume_token=str(sent))
            if self.early_ends > 0:
                self.early_ends -= 1
                return

    async def CancelProcess(self, request, context):
        await self._asked("CancelProcess", request, context)
        return processing.CancelProcessResponse(status=snapshot(request.request_id, 9, jobs.JOB_STATE_CANCELLING))

    async def RetryProcess(self, request, context):
        await self._asked("RetryProcess", request, context)
        if self.snapshots[request.request_id].state not in RETRYABLE:
            await abort(context, grpc.StatusCode.FAILED_PRECONDITION, "it did not fail", "JOB_NOT_FAILED")
        self.snapshots[request.request_id] = snapshot(request.request_id, 9, jobs.JOB_STATE_PENDING)
        await self._lose_reply("RetryProcess", context)
        return processing.RetryProcessResponse(status=self.snapshots[request.request_id])

    async def FetchOutput(self, request, context):
        await self._asked("FetchOutput", request, context)
        header = processing.OutputHeader(
            media_type="application/json",
            size_bytes=len(self.output),
            sha256=hashlib.sha256(self.output).digest(),
            file_name="x.json",
        )
        yield processing.FetchOutputResponse(header=header)
        end = self.output_cuts.pop(0) if self.output_cuts else None
        for start in range(request.read_offset, end or len(self.output), OUTPUT_CHUNK_BYTES):
            yield processing.FetchOutputResponse(chunk=self.output[start : start + OUTPUT_CHUNK_BYTES])
        if end is not None:
            await abort_unavailable(context)

    async def UploadFile(self, request_iterator, context):
        await self._asked("UploadFile", None, context)
        end = self.upload_cuts.pop(0) if self.upload_cuts else None
        upload_id = ""
        async for request in request_iterator:
            upload_id = request.upload_id
            # Only now: grpc.aio hides from a writer why a call ended before anything was read.
            await self._refuse("UploadFile", context)
            if end is not None and len(self.committed) >= end:
                await abort_unavailable(context)
            if self.upload_bytes_max is not None and request.offset + len(request.chunk) > self.upload_bytes_max:
                await abort(context, grpc.StatusCode.INVALID_ARGUMENT, "chunk: too large", "DOCUMENT_TOO_LARGE")
            if request.offset != len(self.committed):
                await abort(context, grpc.StatusCode.OUT_OF_RANGE, "offset", "UPLOAD_OFFSET")
            if google_crc32c.value(request.chunk) != request.crc32c or self.damage_next_chunk:
                self.damage_next_chunk = False
                await abort(context, grpc.StatusCode.DATA_LOSS, "damaged", "DIGEST_MISMATCH")
            self.committed += request.chunk
            if request.sha256:
                if hashlib.sha256(self.committed).digest() != request.sha256:
                    self.committed.clear()
                    await abort(context, grpc.StatusCode.DATA_LOSS, "not its SHA-256", "DIGEST_MISMATCH")
                self.is_upload_complete = True
        await self._lose_reply("UploadFile", context)
        return files.UploadFileResponse(
            upload_id=upload_id, committed_size=len(self.committed), complete=self.is_upload_complete
        )

    async def GetUpload(self, request, context):
        await self._asked("GetUpload", request, context)
        return files.GetUploadResponse(
            upload_id=request.upload_id, committed_size=len(self.committed), complete=self.is_upload_complete
        )

    async def UpdateFile(self, request, context):
        await self._asked("UpdateFile", request, context)
        return files.UpdateFileResponse(file=files.File(file_id=request.file_id, state=jobs.JOB_STATE_SUCCEEDED))

    async def DeleteFile(self, request, context):
        await self._asked("DeleteFile", request, context)
        if request.file_id not in self.file_ids:
            resource = error_details_pb2.ResourceInfo(resource_type="file", resource_name=request.file_id)
            await abort(context, grpc.StatusCode.NOT_FOUND, "no file", "FILE_NOT_FOUND", resource)
        self.file_ids.remove(request.file_id)
        await self._lose_reply("DeleteFile", context)
        return files.DeleteFileResponse()

    async def CreatePipeline(self, request, context):
        await self._asked("CreatePipeline", request, context)
        if not request.name:
            violation = error_details_pb2.BadRequest.FieldViolation(field="name", description="must be 1-64 characters")
            bad = error_details_pb2.BadRequest(field_violations=[violation])
            await abort(
                context, grpc.StatusCode.INVALID_ARGUMENT, "name: must be 1-64 characters", "INVALID_FIELD", bad
            )
        return pipelines.CreatePipelineResponse(
            pipeline=pipelines.Pipeline(name=request.name, module_chain=request.module_chain)
        )

    async def GetPipeline(self, request, context):
        await self._asked("GetPipeline", request, context)
        return pipelines.GetPipelineResponse(pipeline=pipelines.Pipeline(name=request.name, module_chain=["parser"]))

    async def ResetPipeline(self, request, context):
        await self._asked("ResetPipeline", request, context)
        return pipelines.ResetPipelineResponse(deleted_file_count=3)

    async def DeletePipeline(self, request, context):
        await self._asked("DeletePipeline", request, context)
        if not self.has_pipeline:
            resource = error_details_pb2.ResourceInfo(resource_type="pipeline", resource_name=request.name)
            await abort(context, grpc.StatusCode.NOT_FOUND, "no pipeline", "PIPELINE_NOT_FOUND", resource)
        self.has_pipeline = False
        await self._lose_reply("DeletePipeline", context)
        return pipelines.DeletePipelineResponse(deleted_file_count=3)

    async def ListModules(self, request, context):
        await self._asked("ListModules", request, context)
        return pipelines.ListModulesResponse()
