"""StatusWatch of a pipeline as a caller without the SDK sees it."""

from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

from octavo.v1 import file_service_pb2, job_pb2
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.pipeline_service_pb2 import DeletePipelineRequest
from tests.integration.conftest import Caller
from tests.integration.pages import refusal
from tests.integration.submitting import make_pipeline, submit, without_workers
from tests.servers import ServerProcess

Code = grpc.StatusCode


def watch(caller: Caller, token: str = "", **fields: Any) -> grpc.aio.UnaryStreamCall[Any, Any]:
    request = pb.StatusWatchRequest(pipeline="p", resume_token=token, **fields)
    call: grpc.aio.UnaryStreamCall[Any, Any] = caller.processing.StatusWatch(request)
    return call


async def news(call: grpc.aio.UnaryStreamCall[Any, Any]) -> pb.StatusWatchResponse:
    """The next event that is no heartbeat."""
    while True:
        event: pb.StatusWatchResponse = await call.read()
        if not event.HasField("heartbeat"):
            return event


async def cancel(caller: Caller, request_id: str) -> None:
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=request_id))


async def test_first_come_the_jobs_that_have_not_ended_then_every_change(server: ServerProcess, caller: Caller) -> None:
    without_workers(server)
    await make_pipeline(caller, "q", "parser")
    over, one, two = [(await submit(caller, f"/{n}.txt")).request_id for n in range(3)]
    await cancel(caller, over)
    call = watch(caller)
    listed = [await call.read() for _ in range(3)]
    assert {event.status.request_id for event in listed[:2]} == {one, two}
    assert [event.resume_token for event in listed[:2]] == ["", ""]
    assert listed[2].HasField("heartbeat")
    await submit(caller, "/x.txt", pipeline="q")
    await cancel(caller, one)
    event = await news(call)
    assert (event.status.request_id, event.status.state) == (one, job_pb2.JOB_STATE_CANCELLED)
    new = await submit(caller, "/new.txt")
    assert (await news(call)).status.request_id == new.request_id


async def test_a_job_is_told_from_its_submission_to_its_end(caller: Caller) -> None:
    call = watch(caller)
    assert (await call.read()).HasField("heartbeat")
    reply = await submit(caller, "/a.txt")
    states, revisions = [], []
    while job_pb2.JOB_STATE_SUCCEEDED not in states:
        event = await news(call)
        assert event.status.request_id == reply.request_id
        states.append(event.status.state)
        revisions.append(event.status.revision)
    assert revisions == sorted(revisions)
    assert len(set(revisions)) == 3


async def test_progress_of_running_modules_is_told(caller: Caller) -> None:
    call = watch(caller)
    await submit(caller, "/a.txt", b"A sentence that is one of very many. " * 50_000)
    told = set()
    while True:
        status = (await news(call)).status
        if status.state == job_pb2.JOB_STATE_SUCCEEDED:
            break
        if status.modules[0].HasField("progress"):
            told.add(status.modules[0].progress.unit)
    assert told


async def test_a_deleted_job_is_told_as_removed(server: ServerProcess, caller: Caller) -> None:
    without_workers(server)
    reply = await submit(caller, "/a.txt")
    call = watch(caller)
    await call.read()
    await caller.files.DeleteFile(file_service_pb2.DeleteFileRequest(file_id=reply.file_id))
    event = await news(call)
    assert event.removed.request_id == reply.request_id


async def test_a_resumed_watch_tells_all_that_is_newer_and_nothing_else(server: ServerProcess, caller: Caller) -> None:
    without_workers(server)
    kept, changed, gone = [await submit(caller, f"/{n}.txt") for n in range(3)]
    first = watch(caller)
    token = [await first.read() for _ in range(4)][-1].resume_token
    first.cancel()
    await cancel(caller, changed.request_id)
    await caller.files.DeleteFile(file_service_pb2.DeleteFileRequest(file_id=gone.file_id))
    new = [(await submit(caller, f"/new{n}.txt")).request_id for n in range(60)]
    resumed = watch(caller, token)
    events = [await news(resumed) for _ in range(62)]
    assert (events[0].status.request_id, events[1].removed.request_id) == (changed.request_id, gone.request_id)
    assert [event.status.request_id for event in events[2:]] == new
    again = watch(caller, events[-2].resume_token)
    assert (await news(again)).status.request_id == new[-1]
    assert kept.request_id not in {event.status.request_id for event in events}


async def test_the_token_of_a_watch_covers_what_happens_in_other_pipelines(
    server: ServerProcess, caller: Caller
) -> None:
    without_workers(server)
    await make_pipeline(caller, "q", "parser")
    first = watch(caller)
    token = (await first.read()).resume_token
    first.cancel()
    elsewhere = await submit(caller, "/x.txt", pipeline="q")
    resumed = watch(caller, token, heartbeat_interval=Duration(seconds=1))
    beat = await resumed.read()
    assert beat.HasField("heartbeat")
    assert beat.resume_token == f"r1.{elsewhere.revision}"
    elsewhere = await submit(caller, "/y.txt", pipeline="q")
    beats = [await resumed.read() for _ in range(2)]
    assert beats[-1].resume_token == f"r1.{elsewhere.revision}"


async def test_a_watch_of_a_pipeline_stays_alive_and_ends_when_the_pipeline_goes(caller: Caller) -> None:
    await submit(caller, "/a.txt", b"\0" * 500)
    call = watch(caller, heartbeat_interval=Duration(seconds=1))
    for _ in range(2):
        while not (await call.read()).HasField("heartbeat"):
            pass
    await caller.pipelines.DeletePipeline(DeletePipelineRequest(name="p", force=True))
    refused = await refusal(drained(call))
    assert (refused.code, refused.reason) == (Code.NOT_FOUND, "PIPELINE_NOT_FOUND")


async def test_a_watch_of_a_pipeline_ends_unavailable_when_the_server_stops(
    server: ServerProcess, caller: Caller
) -> None:
    call = watch(caller)
    await call.read()
    assert server.terminate() == 0
    refused = await refusal(drained(call))
    assert (refused.code, refused.reason) == (Code.UNAVAILABLE, "SERVER_STOPPING")


async def test_jobs_and_a_pipeline_are_not_watched_in_one_stream(caller: Caller) -> None:
    refused = await refusal(watch(caller, request_ids=["x"]))
    assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, "pipeline")
    refused = await refusal(caller.processing.StatusWatch(pb.StatusWatchRequest(pipeline="none")))
    assert (refused.code, refused.reason) == (Code.NOT_FOUND, "PIPELINE_NOT_FOUND")


async def drained(call: grpc.aio.UnaryStreamCall[Any, Any]) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass
