"""The client against faults: the caller never sees the seam."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import grpc
import pytest

import octavo
from octavo.v1 import job_pb2 as jobs
from tests.integration.scripted_server import CALL_ID, ScriptedServer, snapshot

MIB = 1024 * 1024


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address, api_key="secret") as client:
        yield client


async def test_a_call_is_repeated_until_the_server_answers(server: ScriptedServer, client: octavo.Client) -> None:
    server.unavailable["GetPipeline"] = 3

    info = await client.get_pipeline("p")

    assert info.module_chain == ("parser",)
    assert len(server.requests["GetPipeline"]) == 4


async def test_every_call_shows_the_api_key(server: ScriptedServer, client: octavo.Client) -> None:
    assert await client.authenticate() == "api-key"

    assert server.metadata["ListModules"][0]["authorization"] == "Bearer secret"


async def test_a_lost_reply_does_not_make_a_second_job(server: ScriptedServer, client: octavo.Client) -> None:
    server.lost_replies["Process"] = 1

    job = await client.process("p", b"text", source_file_name="a.txt")

    first, second = server.requests["Process"]
    assert first == second
    assert first.idempotency_key
    assert [each.request_id for each in server.accepted.values()] == [job.request_id]


async def test_two_submissions_of_the_same_bytes_are_two_jobs(server: ScriptedServer, client: octavo.Client) -> None:
    one = await client.process("p", b"text", source_file_name="a.txt")
    other = await client.process("p", b"text", source_file_name="a.txt")

    assert one.request_id != other.request_id


async def test_a_watch_whose_token_the_server_does_not_know_starts_over(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.snapshots["a"] = snapshot("a", 7, jobs.JOB_STATE_RUNNING)
    server.unknown_tokens = {"7"}
    seen = []

    async with aclosing(client.watch("a")) as statuses:
        async for status in statuses:
            seen.append((status.revision, status.state))
            if status.state is octavo.JobState.RUNNING:
                await server.watching.wait()
                await server.cut_watches()
                # As of a backup that was put in the place of the server's data.
                await server.publish(snapshot("a", 3, jobs.JOB_STATE_SUCCEEDED))

    assert seen == [(7, "running"), (3, "succeeded")]
    assert [request.resume_token for request in server.requests["StatusWatch"]] == ["", "7", ""]


async def test_a_job_that_is_retried_is_watched_again_after_a_disconnect(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_CANCELLED)
    server.snapshots["b"] = snapshot("b", 2, jobs.JOB_STATE_PENDING)
    seen = []

    async with aclosing(client.watch("a", "b")) as statuses:
        async for status in statuses:
            seen.append((status.request_id, status.revision))
            match status.revision:
                case 2:
                    await server.publish(snapshot("a", 3, jobs.JOB_STATE_PENDING))
                case 3:
                    await server.watching.wait()
                    await server.cut_watches()
                    await server.publish(snapshot("a", 4, jobs.JOB_STATE_SUCCEEDED))
                case 4:
                    await server.publish(snapshot("b", 5, jobs.JOB_STATE_SUCCEEDED))

    assert seen == [("a", 1), ("b", 2), ("a", 3), ("a", 4), ("b", 5)]


async def test_a_watch_goes_on_over_a_draining_server_and_repeats_nothing(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)
    seen = []

    async with aclosing(client.watch("a")) as statuses:
        async for status in statuses:
            seen.append((status.revision, status.state))
            if status.state is octavo.JobState.PENDING:
                await server.watching.wait()
                await server.cut_watches()
                await server.publish(snapshot("a", 2, jobs.JOB_STATE_RUNNING))
            elif status.state is octavo.JobState.RUNNING:
                await server.publish(snapshot("a", 3, jobs.JOB_STATE_SUCCEEDED))

    assert seen == [(1, "pending"), (2, "running"), (3, "succeeded")]
    assert [request.resume_token for request in server.requests["StatusWatch"]] == ["", "1"]


async def test_a_resumed_watch_does_not_ask_for_jobs_that_ended_and_have_expired_since(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)
    server.snapshots["b"] = snapshot("b", 2, jobs.JOB_STATE_SUCCEEDED)
    states = []

    async with aclosing(client.watch("a", "b")) as statuses:
        async for status in statuses:
            states.append((status.request_id, status.state))
            if len(states) == 2:
                await server.watching.wait()
                await server.stop()
                del server.snapshots["b"]
                await server.publish(snapshot("a", 3, jobs.JOB_STATE_SUCCEEDED))
                await server.start()

    assert states == [("a", "pending"), ("b", "succeeded"), ("a", "succeeded")]
    assert [list(request.request_ids) for request in server.requests["StatusWatch"]] == [["a", "b"], ["a"]]


@pytest.mark.parametrize(
    "method", ["Process", "ProcessStatus", "StatusWatch", "UploadFile", "GetUpload", "FetchOutput"]
)
async def test_a_call_that_a_stopping_server_dropped_is_repeated(
    server: ScriptedServer, client: octavo.Client, method: str
) -> None:
    # Twice: an upload hides the first one behind a write that failed.
    server.dropped[method] = 2
    server.upload_cuts = [MIB]

    job = await client.process("p", b"x" * (3 * MIB), source_file_name="a.pdf")
    await client.process_status(job.request_id)
    await server.publish(snapshot(job.request_id, 2, jobs.JOB_STATE_SUCCEEDED))
    states = [status.state async for status in client.watch(job.request_id)]
    output = await client.fetch_output(job.request_id)

    assert server.dropped[method] == 0
    assert len(server.requests[method]) >= 3
    assert bytes(server.committed) == b"x" * (3 * MIB)
    assert states == ["succeeded"]
    assert output.content == server.output


async def test_a_lost_server_is_told_once_however_many_calls_wait_for_it(server: ScriptedServer) -> None:
    told = []
    patience = octavo.Patience(unavailable_seconds_max=1)
    async with octavo.Client(
        server.address, patience=patience, on_lost=lambda target, seconds: told.append((target, seconds))
    ) as client:
        await client.list_modules()
        server.unavailable["ListModules"] = 1
        await client.list_modules()
        assert told == []
        await server.stop()
        await asyncio.gather(*(client.list_modules() for _ in range(3)), return_exceptions=True)
        assert told == [(server.address, 1)]
        await server.start()
        await client.list_modules()
        await server.stop()
        await asyncio.gather(client.list_modules(), return_exceptions=True)
        assert told == [(server.address, 1)] * 2
    await server.start()


async def test_a_server_that_never_answered_is_not_told_as_lost() -> None:
    told = []
    patience = octavo.Patience(first_contact_seconds_max=0.3)
    async with octavo.Client("127.0.0.1:1", patience=patience, on_lost=lambda *lost: told.append(lost)) as client:
        with pytest.raises(octavo.UnavailableError):
            await client.list_modules()
    assert told == []


async def test_https_to_a_server_without_tls_says_so(server: ScriptedServer) -> None:
    patience = octavo.Patience(first_contact_seconds_max=0.3)
    async with octavo.Client(f"https://{server.address}", patience=patience) as client:
        with pytest.raises(octavo.UnavailableError, match="If it does not speak TLS, write http://"):
            await client.list_modules()


async def test_a_watch_goes_on_over_a_restart_on_the_same_port(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)
    server.snapshots["b"] = snapshot("b", 2, jobs.JOB_STATE_SUCCEEDED)
    states = []

    async with aclosing(client.watch("a", "b")) as statuses:
        async for status in statuses:
            states.append((status.request_id, status.state))
            if len(states) == 2:
                await server.stop()
                await server.publish(snapshot("a", 3, jobs.JOB_STATE_SUCCEEDED))
                await server.start()

    assert states == [("a", "pending"), ("b", "succeeded"), ("a", "succeeded")]


async def test_a_watch_without_a_server_gives_up(server: ScriptedServer) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)
    patience = octavo.Patience(unavailable_seconds_max=0.3)

    async with octavo.Client(server.address, patience=patience) as client, aclosing(client.watch("a")) as statuses:
        await anext(statuses)
        await server.stop()
        with pytest.raises(octavo.UnavailableError, match="octavo-server serve"):
            await anext(statuses)
    await server.start()


async def test_a_watch_ends_with_the_last_final_status_even_if_the_server_does_not_end_it(
    server: ScriptedServer, client: octavo.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octavo.watch.FAREWELL_SECONDS_MAX", 0.05)
    server.says_farewell = False
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_SUCCEEDED)

    assert [status.state async for status in client.watch("a")] == ["succeeded"]


async def test_a_watch_that_ends_before_its_jobs_do_goes_on(server: ScriptedServer, client: octavo.Client) -> None:
    server.early_ends = 1
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_RUNNING)
    told = []

    async for status in client.watch("a"):
        told.append(status.state)
        if len(told) == 1:
            await server.publish(snapshot("a", 2, jobs.JOB_STATE_SUCCEEDED))

    assert told == ["running", "succeeded"]
    assert len(server.requests["StatusWatch"]) == 2


async def test_leaving_a_watch_ends_its_call(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)

    async with aclosing(client.watch("a")) as statuses:
        await anext(statuses)

    assert (await client.process_status("a")).state is octavo.JobState.PENDING


async def test_a_cancelled_watcher_stops_at_once(server: ScriptedServer, client: octavo.Client) -> None:
    server.snapshots["a"] = snapshot("a", 1, jobs.JOB_STATE_PENDING)

    async def follow() -> None:
        async for _ in client.watch("a"):
            pass

    watcher = asyncio.create_task(follow())
    await server.watching.wait()
    watcher.cancel()

    with pytest.raises(asyncio.CancelledError):
        await watcher


async def test_watching_an_unknown_job_is_told_as_not_found(client: octavo.Client) -> None:
    with pytest.raises(octavo.NotFoundError) as caught:
        await anext(client.watch("nobody"))

    error = caught.value
    assert (error.code, error.reason, error.call_id) == (grpc.StatusCode.NOT_FOUND, "JOB_NOT_FOUND", CALL_ID)
    assert (error.resource_type, error.resource_name) == ("job", "nobody")


async def test_a_refused_field_is_named(client: octavo.Client) -> None:
    with pytest.raises(octavo.InvalidArgumentError) as caught:
        await client.create_pipeline("", ["parser"])

    assert caught.value.field == "name"
    assert str(caught.value) == "name: must be 1-64 characters"


async def test_a_document_up_to_2_mib_travels_inline(
    server: ScriptedServer, client: octavo.Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2 * MIB)

    await client.process("p", path)

    (request,) = server.requests["Process"]
    assert len(request.content) == 2 * MIB
    assert request.source_file_name == "a.txt"
    assert not server.requests["UploadFile"]


@pytest.mark.parametrize("as_path", [True, False])
async def test_a_larger_document_is_uploaded_over_cuts(
    server: ScriptedServer, client: octavo.Client, tmp_path: Path, *, as_path: bool
) -> None:
    content = bytes(range(256)) * (5 * MIB // 256) + b"end"
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    server.upload_cuts = [MIB, 3 * MIB]

    await client.process("p", path if as_path else content, source_file_name="a.pdf")

    assert bytes(server.committed) == content
    assert len(server.requests["UploadFile"]) == 3
    (request,) = server.requests["Process"]
    assert request.upload_id
    assert not request.content


async def test_an_upload_whose_last_reply_was_lost_is_not_sent_again(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.lost_replies["UploadFile"] = 1

    await client.process("p", b"x" * (3 * MIB), source_file_name="a.pdf")

    assert len(server.committed) == 3 * MIB
    assert len(server.requests["UploadFile"]) == 1


async def test_a_damaged_chunk_is_sent_again(server: ScriptedServer, client: octavo.Client) -> None:
    server.damage_next_chunk = True

    await client.process("p", b"x" * (3 * MIB), source_file_name="a.pdf")

    assert len(server.committed) == 3 * MIB


@pytest.mark.parametrize("upload_bytes_max", [0, MIB, 3 * MIB])
async def test_a_refusal_in_the_middle_of_an_upload_comes_through(
    server: ScriptedServer, client: octavo.Client, upload_bytes_max: int
) -> None:
    server.upload_bytes_max = upload_bytes_max

    with pytest.raises(octavo.InvalidArgumentError) as caught:
        await client.process("p", b"x" * (8 * MIB), source_file_name="a.pdf")

    assert caught.value.reason == "DOCUMENT_TOO_LARGE"
    assert not server.requests["Process"]


async def test_an_upload_that_the_server_lost_is_sent_again(server: ScriptedServer, client: octavo.Client) -> None:
    server.lost_uploads = 1

    job = await client.process("p", b"x" * (3 * MIB), source_file_name="a.pdf")

    assert job.request_id
    assert len(server.requests["UploadFile"]) == 2


async def test_the_same_document_under_the_same_key_is_the_same_upload(
    server: ScriptedServer, client: octavo.Client
) -> None:
    content = b"x" * (3 * MIB)

    await client.process("p", content, source_file_name="a.pdf", idempotency_key="mine")
    await client.process("p", content, source_file_name="a.pdf", idempotency_key="mine")

    first, second = server.requests["Process"]
    assert first == second


async def test_an_output_is_fetched_over_cuts(server: ScriptedServer, client: octavo.Client) -> None:
    server.output = b'["' + b"x" * MIB + b'"]'
    server.output_cuts = [200_000, 500_000]

    output = await client.fetch_output("a")

    assert output.content == server.output
    assert output.sha256 == hashlib.sha256(server.output).hexdigest()
    assert output.json() == ["x" * MIB]
    offsets = [request.read_offset for request in server.requests["FetchOutput"]]
    assert offsets[0] == 0
    assert offsets == sorted(set(offsets))


async def test_a_wrong_address_is_told_soon_and_says_what_to_do() -> None:
    async with octavo.Client("127.0.0.1:1", patience=octavo.Patience(first_contact_seconds_max=0.1)) as client:
        with pytest.raises(octavo.UnavailableError, match=r"no server at 127\.0\.0\.1:1: start one"):
            await client.list_pipelines()


async def test_a_client_that_was_not_opened_says_how_to() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await octavo.Client("127.0.0.1:1").list_pipelines()
