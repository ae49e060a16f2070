"""SIGTERM with 100 open watches."""

import asyncio
import signal

import grpc
from google.rpc import error_details_pb2 as details
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from octavo.v1 import pipeline_service_pb2, pipeline_service_pb2_grpc
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1 import processing_service_pb2_grpc as rpc
from tests.servers import ServerProcess

WATCHES = 100


async def test_sigterm_ends_every_watch_with_a_retry_and_the_server_exits_cleanly(server: ServerProcess) -> None:
    server.kill()
    # Nobody works, so that the jobs stay open.
    server.arguments = ("--workers", "0")
    server.start()
    async with grpc.aio.insecure_channel(server.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        watching_health = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watching_health.read()).status == health_pb2.HealthCheckResponse.SERVING
        calls = await open_watches(channel)
        server.signal(signal.SIGTERM)
        assert (await watching_health.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        errors = await asyncio.gather(*(ending(call) for call in calls))
    assert {error.code() for error in errors} == {grpc.StatusCode.UNAVAILABLE}
    for error in errors:
        assert retry_delay(error) > 0
    assert await asyncio.to_thread(server.wait) == 0
    server.start()


async def open_watches(channel: grpc.aio.Channel) -> list[grpc.aio.UnaryStreamCall]:
    """100 watches, each past its first message."""
    await pipeline_service_pb2_grpc.PipelineServiceStub(channel).CreatePipeline(
        pipeline_service_pb2.CreatePipelineRequest(name="p", module_chain=["parser"])
    )
    processing = rpc.ProcessingServiceStub(channel)
    job = await processing.Process(pb.ProcessRequest(pipeline="p", content=b"One.", file_name="a.txt"))
    calls = [processing.StatusWatch(pb.StatusWatchRequest(request_ids=[job.request_id])) for _ in range(WATCHES)]
    await asyncio.gather(*(call.read() for call in calls))
    return calls


async def ending(call: grpc.aio.UnaryStreamCall) -> grpc.aio.AioRpcError:
    try:
        while await call.read() is not grpc.aio.EOF:
            pass
    except grpc.aio.AioRpcError as error:
        return error
    raise AssertionError("the watch ended well")


def retry_delay(error: grpc.aio.AioRpcError) -> float:
    status = rpc_status.from_call(error)
    assert status is not None
    for packed in status.details:
        if packed.Is(details.RetryInfo.DESCRIPTOR):
            info = details.RetryInfo()
            packed.Unpack(info)
            return info.retry_delay.ToMilliseconds() / 1000
    raise AssertionError("no RetryInfo")
