"""StatusWatch as a caller without the SDK sees it."""

import asyncio

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.file_service_pb2 import DeleteFileRequest
from octavo.v1.pipeline_service_pb2 import ResetPipelineRequest
from tests.integration.conftest import Caller
from tests.servers import ServerProcess

FINAL = (job_pb2.JOB_STATE_SUCCEEDED, job_pb2.JOB_STATE_FAILED, job_pb2.JOB_STATE_CANCELLED)


@pytest.fixture
def idle_server(server: ServerProcess) -> ServerProcess:
    """The same server without workers: jobs stay PENDING until somebody cancels them."""
    server.kill()
    server.arguments = ("--workers", "0")
    return server.restart()


async def submit(caller: Caller, name: str = "a.txt", content: bytes = b"One. Two.") -> str:
    reply = await caller.processing.Process(pb.ProcessRequest(pipeline="p", content=content, file_name=name))
    return reply.request_id


def watch(caller: Caller, *request_ids: str, token: str = "", heartbeat: int | None = None) -> grpc.aio.UnaryStreamCall:
    return caller.processing.StatusWatch(
        pb.StatusWatchRequest(
            request_ids=request_ids,
            resume_token=token,
            heartbeat_interval=None if heartbeat is None else Duration(seconds=heartbeat),
        )
    )


async def test_a_watch_tells_the_state_now_and_ends_after_the_final_one(caller: Caller) -> None:
    events = [event async for event in watch(caller, await submit(caller))]
    states = [event.status.state for event in events]
    assert states[-1] == job_pb2.JOB_STATE_SUCCEEDED
    assert states == sorted(states)
    final = events[-1].status
    assert final.process_status == {"parser": True}
    assert final.overall_status == job_pb2.OVERALL_STATUS_COMPLETE
    assert (final.status_code, final.message) == (200, "SUCCESS: process_status found")
    assert final.modules[0].attempt == 1
    assert final.create_time.ToNanoseconds() <= final.update_time.ToNanoseconds() < final.expire_time.ToNanoseconds()


async def test_a_watch_of_an_ended_job_is_one_message(caller: Caller) -> None:
    request_id = await submit(caller)
    [*_, last] = [event async for event in watch(caller, request_id)]
    assert [event.status async for event in watch(caller, request_id)] == [last.status]


async def test_a_resumed_watch_tells_only_what_is_newer(idle_server: ServerProcess, caller: Caller) -> None:
    one, two = await submit(caller, "1.txt"), await submit(caller, "2.txt")
    first = watch(caller, one, two)
    seen = [await first.read(), await first.read()]
    first.cancel()
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=two))
    resumed = watch(caller, one, two, token=seen[-1].resume_token)
    news = await resumed.read()
    assert (news.status.request_id, news.status.state) == (two, job_pb2.JOB_STATE_CANCELLED)
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=one))
    assert (await resumed.read()).status.request_id == one
    assert await resumed.read() is grpc.aio.EOF
    again = watch(caller, one, two, token=seen[-1].resume_token)
    assert {(await again.read()).status.request_id, (await again.read()).status.request_id} == {one, two}


async def test_a_resumed_watch_of_jobs_that_ended_before_the_token_just_ends(caller: Caller) -> None:
    request_id = await submit(caller)
    events = [event async for event in watch(caller, request_id)]
    assert [event async for event in watch(caller, request_id, token=events[-1].resume_token)] == []


async def test_an_idle_watch_sends_heartbeats_with_a_token(idle_server: ServerProcess, caller: Caller) -> None:
    call = watch(caller, await submit(caller), heartbeat=1)
    assert (await call.read()).HasField("status")
    beat = await call.read()
    assert beat.HasField("heartbeat")
    assert beat.resume_token
    call.cancel()


async def test_a_watcher_of_a_deleted_job_is_told_not_found(idle_server: ServerProcess, caller: Caller) -> None:
    call = watch(caller, await submit(caller))
    await call.read()
    await caller.pipelines.ResetPipeline(ResetPipelineRequest(name="p"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_watcher_of_an_expiring_job_is_told_not_found(idle_server: ServerProcess, caller: Caller) -> None:
    reply = await caller.processing.Process(
        pb.ProcessRequest(pipeline="p", content=b"One.", file_name="a.txt", expire_after=Duration(seconds=1))
    )
    call = watch(caller, reply.request_id)
    await call.read()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.aio.AioRpcError):
        await caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id=reply.request_id))


async def test_a_job_that_is_retried_while_it_is_watched_is_told_to_its_new_end(
    idle_server: ServerProcess, caller: Caller
) -> None:
    retried, other = await submit(caller, "1.txt"), await submit(caller, "2.txt")
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=retried))
    call = watch(caller, retried, other)
    first = [await call.read(), await call.read()]
    assert {event.status.state for event in first} == {job_pb2.JOB_STATE_PENDING, job_pb2.JOB_STATE_CANCELLED}
    await caller.processing.RetryProcess(pb.RetryProcessRequest(request_id=retried))
    news = (await call.read()).status
    assert (news.request_id, news.state) == (retried, job_pb2.JOB_STATE_PENDING)
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=other))
    assert (await call.read()).status.request_id == other
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=retried))
    news = (await call.read()).status
    assert (news.request_id, news.state) == (retried, job_pb2.JOB_STATE_CANCELLED)
    assert await call.read() is grpc.aio.EOF


async def test_a_job_that_goes_after_its_end_was_told_ends_no_watch(idle_server: ServerProcess, caller: Caller) -> None:
    ended, other = await submit(caller, "1.txt"), await submit(caller, "2.txt")
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=ended))
    call = watch(caller, ended, other)
    told = [(await call.read()).status for _ in range(2)]
    [file_id] = {status.file_id for status in told if status.request_id == ended}
    await caller.files.DeleteFile(DeleteFileRequest(file_id=file_id))
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=other))
    assert (await call.read()).status.request_id == other
    assert await call.read() is grpc.aio.EOF


async def test_leaving_a_watch_does_not_touch_the_job(idle_server: ServerProcess, caller: Caller) -> None:
    request_id = await submit(caller)
    call = watch(caller, request_id)
    await call.read()
    call.cancel()
    status = await caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id=request_id))
    assert status.state == job_pb2.JOB_STATE_PENDING


async def test_cancelling_a_waiting_job_ends_it_at_once(idle_server: ServerProcess, caller: Caller) -> None:
    request_id = await submit(caller)
    for _ in range(2):
        reply = await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=request_id))
        assert reply.status.state == job_pb2.JOB_STATE_CANCELLED
        assert reply.status.overall_status == job_pb2.OVERALL_STATUS_FAILED


async def test_a_long_poll_answers_when_the_job_changes(idle_server: ServerProcess, caller: Caller) -> None:
    request_id = await submit(caller)
    asking = asyncio.ensure_future(
        caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id=request_id, wait=Duration(seconds=30)))
    )
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=request_id))
    assert (await asking).state == job_pb2.JOB_STATE_CANCELLED


async def test_a_long_poll_that_waited_in_vain_tells_the_state_as_it_is(
    idle_server: ServerProcess, caller: Caller
) -> None:
    request_id = await submit(caller)
    status = await caller.processing.ProcessStatus(
        pb.ProcessStatusRequest(request_id=request_id, wait=Duration(nanos=50_000_000))
    )
    assert status.state == job_pb2.JOB_STATE_PENDING


async def test_400_watches_of_200_jobs_all_hear_the_end(caller: Caller) -> None:
    ids = await asyncio.gather(*(submit(caller, f"{n}.txt", b"One. Two. %d." % n) for n in range(200)))
    finals = await asyncio.gather(*(final_state(watch(caller, request_id)) for request_id in ids * 2))
    assert finals == [job_pb2.JOB_STATE_SUCCEEDED] * 400


async def final_state(call: grpc.aio.UnaryStreamCall) -> int:
    state = 0
    async for event in call:
        state = event.status.state or state
    assert state in FINAL
    return state
