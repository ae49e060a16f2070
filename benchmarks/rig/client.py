"""What every load process calls a server with: a plain grpc.aio channel and the generated stubs, nothing of the SDK."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Self

import grpc.aio

from benchmarks.rig.messages import MODULE, PIPELINE, SUBMISSION
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub

# Channels to one address share a connection unless told otherwise.
OPTIONS = (("grpc.use_local_subchannel_pool", 1),)


@dataclass(frozen=True)
class Connection:
    """One TCP connection to a server that has the benchmarks' pipeline."""

    channel: grpc.aio.Channel
    processing: ProcessingServiceStub

    @classmethod
    async def open(cls, address: str) -> Self:
        """Connect, and make the pipeline if it is not there."""
        channel = grpc.aio.insecure_channel(address, options=OPTIONS)
        await PipelineServiceStub(channel).CreatePipeline(CreatePipelineRequest(name=PIPELINE, module_chain=[MODULE]))
        return cls(channel, ProcessingServiceStub(channel))

    async def submit(self) -> str:
        """Submit a document of 2 KB; the job's request id."""
        accepted = await self.processing.Process(SUBMISSION)
        return accepted.request_id


def run(running: Coroutine[object, object, None]) -> None:
    """Run a load process on the loop that servers use."""
    try:
        import uvloop  # noqa: PLC0415  # not there on every platform
    except ImportError:
        asyncio.run(running)
    else:
        uvloop.run(running)
