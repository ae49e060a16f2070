"""ListProcesses as a caller without the SDK sees it."""

import grpc

from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as pb
from tests.integration.conftest import Caller
from tests.integration.pages import pages, refusal
from tests.integration.submitting import ended, make_pipeline, submit

Code = grpc.StatusCode


async def listed(caller: Caller, **fields: object) -> list[str]:
    request = pb.ListProcessesRequest(page_size=2)
    request.MergeFrom(pb.ListProcessesRequest(**fields))  # type: ignore[arg-type]
    replies = await pages(caller.processing.ListProcesses, request)
    return [process.request_id for page in replies for process in page.processes]


async def test_jobs_are_listed_newest_first_of_one_pipeline_or_all(caller: Caller) -> None:
    await make_pipeline(caller, "q", "extract")
    first, second = await submit(caller, "/1.txt"), await submit(caller, "/2.txt", pipeline="q")
    third = await submit(caller, "/3.txt")
    assert await listed(caller) == [third.request_id, second.request_id, first.request_id]
    assert await listed(caller, pipeline="p") == [third.request_id, first.request_id]


async def test_the_failed_ones_are_the_dead_letters_and_say_why(caller: Caller) -> None:
    good, bad = await submit(caller, "/good.txt"), await submit(caller, "/bad.txt", b"\0" * 500)
    statuses = await ended(caller, good.request_id, bad.request_id)
    reply = await caller.processing.ListProcesses(pb.ListProcessesRequest(states=[job_pb2.JOB_STATE_FAILED]))
    assert list(reply.processes) == [statuses[1]]
    assert reply.processes[0].failure.module == "parser"


async def test_a_list_of_jobs_refuses_what_it_can_not_do(caller: Caller) -> None:
    request = pb.ListProcessesRequest
    for bad, field in (
        (request(page_size=1001), "page_size"),
        (request(states=[job_pb2.JOB_STATE_UNSPECIFIED]), "states[0]"),
        (request(page_token="x"), "page_token"),
    ):
        refused = await refusal(caller.processing.ListProcesses(bad))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, field)
    assert (await refusal(caller.processing.ListProcesses(request(pipeline="none")))).code is Code.NOT_FOUND
