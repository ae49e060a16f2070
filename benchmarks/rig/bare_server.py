"""The ceiling: a grpc.aio server whose handlers only return messages that were built before.

The same contract, messages, gRPC options and event loop as Octavo, so that the same load can be put on both. It has
no interceptor, keeps no state, writes nothing and parses nothing: what Octavo is slower, its own work costs.

    python -m benchmarks.rig.bare_server OPTIONS_AS_JSON
"""

import asyncio
import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator

import grpc.aio

from benchmarks.rig.messages import ACCEPTED, CANCEL_REPLY, FIRST_EVENT, LAST_EVENT, PENDING
from octavo.v1 import pipeline_service_pb2
from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceServicer, add_PipelineServiceServicer_to_server
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceServicer, add_ProcessingServiceServicer_to_server
from octavo_server.garbage import calm_garbage_collection


class BarePipelines(PipelineServiceServicer):
    """Says yes."""

    async def CreatePipeline(self, request, context):  # noqa: ARG002, N802, D102  # named by gRPC
        return pipeline_service_pb2.CreatePipelineResponse()


class BareProcessing(ProcessingServiceServicer):
    """Answers with constants; it knows who watches, and when it was asked to tell them."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._last_event = wire.StatusWatchResponse()

    async def Process(self, request, context):  # noqa: ARG002, N802, D102
        return ACCEPTED

    async def ProcessStatus(self, request, context):  # noqa: ARG002, N802, D102
        return PENDING

    async def StatusWatch(self, request, context) -> AsyncIterator[wire.StatusWatchResponse]:  # noqa: ARG002, N802, D102
        bell = self._bells[request.request_ids[0]]
        yield FIRST_EVENT
        await bell.wait()
        yield self._last_event

    async def CancelProcess(self, request, context):  # noqa: ARG002, N802, D102
        # Octavo stamps its messages too; push_delay reads the stamp.
        self._last_event.CopyFrom(LAST_EVENT)
        self._last_event.status.update_time.FromNanoseconds(time.time_ns())
        self._bells.pop(request.request_id).set()
        return CANCEL_REPLY


async def _serve(options: list[tuple[str, int]]) -> None:
    server = grpc.aio.server(options=options)
    add_PipelineServiceServicer_to_server(BarePipelines(), server)
    add_ProcessingServiceServicer_to_server(BareProcessing(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"listening on 127.0.0.1:{port}\n")
    sys.stdout.flush()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    await server.stop(grace=0)


def _main() -> None:
    running = _serve([(name, value) for name, value in json.loads(sys.argv[1])])
    # As the server does: else the ceiling would be lower than it has to be.
    calm_garbage_collection()
    try:
        import uvloop  # noqa: PLC0415  # as the server does: not there on every platform
    except ImportError:
        asyncio.run(running)
    else:
        uvloop.run(running)


if __name__ == "__main__":
    _main()
