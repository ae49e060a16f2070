"""Calls whose first answer was lost: what the second attempt finds is the doing of the first."""

from collections.abc import AsyncIterator

import pytest

import octavo
from octavo.v1 import job_pb2 as jobs
from tests.integration.scripted_server import ScriptedServer, snapshot


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        yield client


async def test_a_retry_whose_answer_was_lost_is_one_retry(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_FAILED)
    server.lost_replies["RetryProcess"] = 1

    status = await client.retry("a")

    assert (status.request_id, status.state) == ("a", octavo.JobState.PENDING)
    assert len(server.requests["RetryProcess"]) == 2


async def test_a_retry_of_a_job_that_runs_is_refused(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_RUNNING)

    with pytest.raises(octavo.FailedPreconditionError):
        await client.retry("a")


async def test_a_deletion_whose_answer_was_lost_is_done(server: ScriptedServer, client: octavo.Client) -> None:
    server.file_ids = {"f"}
    server.lost_replies.update(DeleteFile=1, DeletePipeline=1)

    await client.delete_file("f")
    assert await client.delete_pipeline("p", force=True) == 0

    assert server.file_ids == set()
    assert server.requests["DeletePipeline"][0].force


async def test_a_deletion_of_nothing_is_told(server: ScriptedServer, client: octavo.Client) -> None:
    server.has_pipeline = False

    with pytest.raises(octavo.NotFoundError):
        await client.delete_file("f", pipeline="p")
    with pytest.raises(octavo.NotFoundError):
        await client.delete_pipeline("p")

    assert server.requests["DeleteFile"][0].pipeline == "p"


async def test_a_long_poll_has_a_deadline_after_its_wait(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)

    await client.process_status("a")
    await client.process_status("a", wait_seconds=60, known_revision=0)

    plain, waiting = server.requests["ProcessStatus"]
    assert not plain.HasField("wait")
    assert not plain.HasField("known_revision")
    assert waiting.wait.ToSeconds() == 60
    assert waiting.HasField("known_revision")
    assert server.seconds_left["ProcessStatus"][0] < 60
    assert server.seconds_left["ProcessStatus"][1] > 60


async def test_an_output_is_asked_for_by_job_or_by_file(server: ScriptedServer, client: octavo.Client) -> None:
    await client.fetch_output("a", module="parser")
    await client.fetch_output(file_id="f")

    by_job, by_file = server.requests["FetchOutput"]
    assert (by_job.WhichOneof("target"), by_job.request_id, by_job.module) == ("request_id", "a", "parser")
    assert (by_file.WhichOneof("target"), by_file.file_id) == ("file_id", "f")


@pytest.mark.parametrize("target", [{}, {"request_id": "a", "file_id": "f"}])
async def test_an_output_of_nobody_or_of_two_is_refused(
    server: ScriptedServer, client: octavo.Client, target: dict[str, str]
) -> None:
    with pytest.raises(octavo.InvalidArgumentError, match="exactly one"):
        await client.fetch_output(**target)
    assert not server.requests["FetchOutput"]


async def test_a_change_of_a_file_names_what_it_changes(server: ScriptedServer, client: octavo.Client) -> None:
    await client.update_file("f", pipeline="p", file_tags=[], file_description="")

    (request,) = server.requests["UpdateFile"]
    assert list(request.update_mask.paths) == ["file_tags", "file_description"]
    assert (request.file_id, request.pipeline) == ("f", "p")


async def test_a_client_can_be_opened_again(server: ScriptedServer) -> None:
    client = octavo.Client(server.address)
    for _ in range(2):
        async with client:
            assert (await client.get_pipeline("p")).module_chain == ("parser",)
    with pytest.raises(RuntimeError, match="not open"):
        await client.get_pipeline("p")


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda client: client.process_status("a", wait_seconds=float("inf")), "wait_seconds"),
        (lambda client: client.process("p", b"x", expire_seconds=10**30), "expire_seconds"),
        (lambda client: client.get_file("\ud800"), "file_id"),
        (lambda client: client.update_file("f", expire_seconds=float("nan")), "expire_seconds"),
        (lambda client: client.keyword_search("p", "\ud800"), "query"),
        (lambda client: client.fetch_output("\ud800"), "request_id"),
        (lambda client: client.list_files("\ud800"), "pipeline"),
    ],
)
async def test_what_cannot_be_sent_is_refused_by_its_name(client: octavo.Client, call, field) -> None:
    with pytest.raises(octavo.InvalidArgumentError) as caught:
        await call(client)
    assert caught.value.field == field
