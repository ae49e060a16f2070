"""What all calls share: the connection, and the stubs that speak over it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.v1.search_service_pb2_grpc import SearchServiceStub

if TYPE_CHECKING:
    from octavo.channel import Connection
    from octavo.v1.file_service_pb2_grpc import FileServiceAsyncStub
    from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceAsyncStub
    from octavo.v1.processing_service_pb2_grpc import ProcessingServiceAsyncStub
    from octavo.v1.search_service_pb2_grpc import SearchServiceAsyncStub

STUBS = ("_processing", "_files", "_pipelines", "_searches")
"""Made at the first use, each."""


class Calls:
    """Calls over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def _close(self) -> None:
        await self._connection.close()
        # They speak over the channel that is closed now.
        for stub in STUBS:
            vars(self).pop(stub, None)

    @cached_property
    def _processing(self) -> ProcessingServiceAsyncStub:
        return ProcessingServiceStub(self._connection.channel)

    @cached_property
    def _files(self) -> FileServiceAsyncStub:
        return FileServiceStub(self._connection.channel)

    @cached_property
    def _pipelines(self) -> PipelineServiceAsyncStub:
        return PipelineServiceStub(self._connection.channel)

    @cached_property
    def _searches(self) -> SearchServiceAsyncStub:
        return SearchServiceStub(self._connection.channel)
