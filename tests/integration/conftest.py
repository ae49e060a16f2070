"""Plain stubs on one channel to a real server."""

from collections.abc import AsyncIterator

import grpc
import pytest

from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.v1.search_service_pb2_grpc import SearchServiceStub
from tests.servers import ServerProcess


class Caller:
    """The services, for callers without the SDK."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        self.processing = ProcessingServiceStub(channel)
        self.pipelines = PipelineServiceStub(channel)
        self.files = FileServiceStub(channel)
        self.search = SearchServiceStub(channel)


@pytest.fixture
async def caller(server: ServerProcess) -> AsyncIterator[Caller]:
    """A caller of `server`, with the pipeline `p` of one parser."""
    async with grpc.aio.insecure_channel(server.address) as channel:
        caller = Caller(channel)
        await caller.pipelines.CreatePipeline(CreatePipelineRequest(name="p", module_chain=["parser"]))
        yield caller
