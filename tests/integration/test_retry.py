"""RetryProcess as a caller without the SDK sees it."""

import grpc

from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as pb
from tests.integration.conftest import Caller
from tests.integration.pages import refusal
from tests.integration.submitting import done, ended, submit, without_workers
from tests.servers import ServerProcess

Code = grpc.StatusCode


async def retry(caller: Caller, request_id: str) -> pb.ProcessStatusResponse:
    return (await caller.processing.RetryProcess(pb.RetryProcessRequest(request_id=request_id))).status


async def test_a_failed_job_runs_again_under_the_same_id_and_its_attempts_count_on(caller: Caller) -> None:
    reply = await done(caller, "/a.txt", b"\0" * 500)
    status = await retry(caller, reply.request_id)
    assert (status.request_id, status.state) == (reply.request_id, job_pb2.JOB_STATE_PENDING)
    assert not status.HasField("failure")
    [again] = await ended(caller, reply.request_id)
    assert (again.state, again.modules[0].attempt) == (job_pb2.JOB_STATE_FAILED, 2)
    assert again.revision > status.revision


async def test_a_cancelled_job_succeeds_when_it_is_retried(server: ServerProcess, caller: Caller) -> None:
    without_workers(server)
    reply = await submit(caller, "/a.txt")
    await caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=reply.request_id))
    assert (await retry(caller, reply.request_id)).state == job_pb2.JOB_STATE_PENDING
    server.kill()
    server.arguments = ("--workers", "1")
    server.restart()
    [status] = await ended(caller, reply.request_id)
    assert status.state == job_pb2.JOB_STATE_SUCCEEDED


async def test_a_job_that_did_not_fail_is_not_retried(caller: Caller) -> None:
    reply = await done(caller, "/a.txt")
    refused = await refusal(caller.processing.RetryProcess(pb.RetryProcessRequest(request_id=reply.request_id)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "JOB_NOT_FAILED")
    refused = await refusal(caller.processing.RetryProcess(pb.RetryProcessRequest(request_id="none")))
    assert (refused.code, refused.reason) == (Code.NOT_FOUND, "JOB_NOT_FOUND")
