"""Plain stubs that tell refusals as values, for one pipeline of a server that is killed and started again."""

import grpc
from google.protobuf.message import Message

from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.v1.search_service_pb2_grpc import SearchServiceStub

CALL_SECONDS_MAX = 30.0


class Caller:
    """Calls methods by name. A new channel after each start of the server: the old one would wait before it retries."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self._stubs = [
            stub(self._channel)
            for stub in (ProcessingServiceStub, FileServiceStub, PipelineServiceStub, SearchServiceStub)
        ]

    def __call__(self, method: str, request: Message) -> Message | grpc.StatusCode:
        """The answer, or the code of the refusal."""
        [call] = [getattr(stub, method) for stub in self._stubs if hasattr(stub, method)]
        try:
            return call(request, timeout=CALL_SECONDS_MAX)
        except grpc.RpcError as error:
            return error.code()

    def close(self) -> None:
        self._channel.close()
