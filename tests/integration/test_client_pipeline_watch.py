"""The watch of a pipeline against faults: nothing is missed, nothing is repeated, nothing grows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import pairwise

import pytest

import octavo
from octavo.v1 import job_pb2 as jobs
from octavo.v1 import processing_service_pb2 as processing
from tests.integration.scripted_listings import Fault
from tests.integration.scripted_server import ScriptedServer, snapshot


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        yield client


def changed(request_id: str, revision: int, token: str, *, pages: int | None = None) -> processing.StatusWatchResponse:
    status = snapshot(request_id, revision, jobs.JOB_STATE_RUNNING)
    if pages is not None:
        status.modules[0].progress.CopyFrom(jobs.Progress(unit="page", completed=pages, total=9))
    return processing.StatusWatchResponse(status=status, resume_token=token)


def removed(request_id: str, token: str) -> processing.StatusWatchResponse:
    return processing.StatusWatchResponse(removed=processing.RemovedJob(request_id=request_id), resume_token=token)


def heartbeat(token: str) -> processing.StatusWatchResponse:
    return processing.StatusWatchResponse(heartbeat=processing.Heartbeat(), resume_token=token)


def short(event: octavo.JobStatus | octavo.RemovedJob) -> tuple[str, int]:
    return (event.request_id, event.revision if isinstance(event, octavo.JobStatus) else -1)


async def follow(client: octavo.Client, events: int, **arguments) -> list[tuple[str, int]]:
    async with aclosing(client.watch_pipeline("p", **arguments)) as stream:
        return [short(await anext(stream)) for _ in range(events)]


def tokens(server: ScriptedServer) -> list[str]:
    return [request.resume_token for request in server.requests["StatusWatch"]]


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.END])
async def test_a_watch_resumes_by_its_last_token_and_repeats_nothing(
    server: ScriptedServer, client: octavo.Client, fault: Fault
) -> None:
    server.watches = [
        # The token of a batch covers it only with its last message.
        [changed("a", 1, "t0"), changed("b", 2, "t2"), changed("c", 3, "t2"), fault],
        [changed("c", 3, "t2"), changed("d", 4, "t4"), changed("a", 5, "t5")],
    ]

    assert await follow(client, 5) == [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("a", 5)]
    assert tokens(server) == ["", "t2"]


async def test_a_heartbeat_moves_the_token_and_is_not_told(server: ScriptedServer, client: octavo.Client) -> None:
    server.watches = [[changed("a", 1, "t1"), heartbeat("t7"), Fault.CUT], [changed("a", 8, "t8")]]

    assert await follow(client, 2) == [("a", 1), ("a", 8)]
    assert tokens(server) == ["", "t7"]


async def test_a_removed_job_is_told_once(server: ScriptedServer, client: octavo.Client) -> None:
    server.watches = [
        [changed("a", 1, "t1"), removed("a", "t1"), Fault.CUT],
        [removed("a", "t1"), removed("b", "t3")],
    ]

    assert await follow(client, 3) == [("a", 1), ("a", -1), ("b", -1)]


async def test_progress_is_news_and_the_same_progress_is_none(server: ScriptedServer, client: octavo.Client) -> None:
    server.watches = [
        [changed("a", 1, "t1", pages=1), changed("a", 1, "t1", pages=2), Fault.CUT],
        [changed("a", 1, "t1", pages=2), changed("a", 1, "t1", pages=3)],
    ]

    assert await follow(client, 3) == [("a", 1)] * 3


async def test_a_watch_goes_on_over_a_restart(server: ScriptedServer, client: octavo.Client) -> None:
    server.watches = [[changed("a", 1, "t1"), Fault.SILENCE], [changed("a", 2, "t2")]]

    async with aclosing(client.watch_pipeline("p")) as stream:
        first = await anext(stream)
        await server.stop()
        await server.start()
        second = await anext(stream)

    assert [short(first), short(second)] == [("a", 1), ("a", 2)]
    assert tokens(server) == ["", "t1"]


async def test_a_stream_without_heartbeats_is_dead(
    server: ScriptedServer, client: octavo.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octavo.pipeline_watch.SILENCE_SECONDS_MAX", 0.1)
    server.watches = [[changed("a", 1, "t1"), Fault.SILENCE], [changed("a", 2, "t2")]]

    assert await follow(client, 2) == [("a", 1), ("a", 2)]


async def test_a_caller_goes_on_in_another_process_where_it_came_back_for_more(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.watches = [[changed("a", 1, "t1"), heartbeat("t1"), changed("b", 2, "t2")], [changed("b", 2, "t2")]]
    told: list[str] = []

    assert await follow(client, 2, on_token=told.append) == [("a", 1), ("b", 2)]
    # It never came back after b, so it may not have worked on it.
    assert told == ["t1"]
    assert await follow(client, 1, resume_token=told[-1]) == [("b", 2)]
    assert tokens(server) == ["", "t1"]


async def test_a_watch_whose_token_the_server_does_not_know_starts_over(
    server: ScriptedServer, client: octavo.Client
) -> None:
    server.unknown_tokens = {"t9"}
    server.watches = [
        [changed("a", 1, "t9"), Fault.CUT],
        [changed("a", 1, ""), changed("b", 2, ""), heartbeat("t2")],
    ]

    assert await follow(client, 3) == [("a", 1), ("a", 1), ("b", 2)]
    assert tokens(server) == ["", "t9", ""]


async def test_a_server_that_refuses_even_no_token_is_believed(server: ScriptedServer, client: octavo.Client) -> None:
    server.unknown_tokens = {"t9", ""}

    with pytest.raises(octavo.InvalidArgumentError):
        await follow(client, 1, resume_token="t9")
    assert tokens(server) == ["t9", ""]


async def test_a_watch_without_a_server_gives_up(server: ScriptedServer) -> None:
    server.watches = [[changed("a", 1, "t1"), Fault.SILENCE]]
    async with (
        octavo.Client(server.address, patience=octavo.Patience(unavailable_seconds_max=0.3)) as client,
        aclosing(client.watch_pipeline("p")) as stream,
    ):
        await anext(stream)
        await server.stop()
        with pytest.raises(octavo.UnavailableError):
            await anext(stream)
    await server.start()


async def test_a_cancelled_watcher_stops_at_once(server: ScriptedServer, client: octavo.Client) -> None:
    server.watches = [[changed("a", 1, "t1"), Fault.SILENCE]]
    started = asyncio.Event()

    async def watch_on() -> None:
        async for _ in client.watch_pipeline("p"):
            started.set()

    watcher = asyncio.create_task(watch_on())
    await started.wait()
    watcher.cancel()

    with pytest.raises(asyncio.CancelledError):
        await watcher


async def test_memory_is_bounded_even_if_the_token_never_moves(
    server: ScriptedServer, client: octavo.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octavo.pipeline_watch.TOLD_JOBS_MAX", 3)
    first = [changed(name, number, "t0") for number, name in enumerate("abcd", 1)]
    server.watches = [[*first, Fault.CUT], [*first[1:], changed("e", 9, "t9")]]

    seen = await follow(client, 5)

    assert seen == [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 9)]
    assert all(earlier[1] < later[1] for earlier, later in pairwise(seen))
