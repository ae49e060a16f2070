"""Submitting documents without the SDK."""

from typing import Any

from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from tests.integration.conftest import Caller
from tests.servers import ServerProcess


async def make_pipeline(caller: Caller, name: str, *chain: str) -> None:
    """A pipeline of these modules."""
    await caller.pipelines.CreatePipeline(CreatePipelineRequest(name=name, module_chain=chain))


async def submit(caller: Caller, path: str, content: bytes = b"One. Two.", **fields: Any) -> pb.ProcessResponse:
    """Submit a document to the pipeline `p`, or another."""
    request = pb.ProcessRequest(symbolic_file_path=path, content=content, **{"pipeline": "p", **fields})
    return await caller.processing.Process(request)


async def ended(caller: Caller, *request_ids: str) -> list[pb.ProcessStatusResponse]:
    """The final statuses of jobs, in the order of the ids."""
    last: dict[str, pb.ProcessStatusResponse] = {}
    async for event in caller.processing.StatusWatch(pb.StatusWatchRequest(request_ids=request_ids)):
        if event.HasField("status"):
            last[event.status.request_id] = event.status
    return [last[request_id] for request_id in request_ids]


async def done(caller: Caller, path: str, content: bytes = b"One. Two.", **fields: Any) -> pb.ProcessResponse:
    """Submit a document and wait for its end."""
    reply = await submit(caller, path, content, **fields)
    await ended(caller, reply.request_id)
    return reply


def without_workers(server: ServerProcess) -> ServerProcess:
    """The same server, restarted without workers: jobs stay PENDING until somebody cancels them."""
    server.kill()
    server.arguments = ("--workers", "0")
    return server.restart()
