"""What the change feed promises."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.ids import Revision
from octavo_server.domain.jobs import Progress
from octavo_server.engines import feed as live_feed
from octavo_server.ports.engine import Change, Engine, JobChanged, JobProgressed, JobRemoved
from tests.contract.samples import DOCUMENT, NOW, OUTPUT, TENANT, new_job, output

START = Revision(0)


async def take(changes: AsyncGenerator[Change, None], count: int) -> list[Change]:
    return [await anext(changes) for _ in range(count)]


async def test_the_feed_replays_each_job_once_as_it_is_now(engine: Engine) -> None:
    first = (await engine.accept(new_job(), DOCUMENT)).job
    second = (await engine.accept(new_job(), DOCUMENT)).job
    first = await engine.update(first.cancel_requested(NOW))
    async with aclosing(engine.changes(START)) as changes:
        assert await take(changes, 2) == [JobChanged(second), JobChanged(first)]


async def test_the_feed_starts_after_the_given_revision(engine: Engine) -> None:
    first = (await engine.accept(new_job(), DOCUMENT)).job
    second = (await engine.accept(new_job(), DOCUMENT)).job
    async with aclosing(engine.changes(first.revision)) as changes:
        assert await take(changes, 1) == [JobChanged(second)]


async def test_every_live_change_comes_in_order(engine: Engine) -> None:
    async with aclosing(engine.changes(await engine.position())) as changes:
        reading = asyncio.create_task(take(changes, 4))
        await asyncio.sleep(0)
        accepted = (await engine.accept(new_job(), DOCUMENT)).job
        lease = await engine.claim()
        started = await engine.record(lease, accepted.module_started(NOW))
        ended = await engine.record(lease, started.module_succeeded(NOW, output()), OUTPUT)
        await engine.remove(TENANT, [accepted.request_id])
        *changed, removed = await reading
    assert changed == [JobChanged(accepted), JobChanged(started), JobChanged(ended)]
    assert isinstance(removed, JobRemoved)
    assert removed.request_id == accepted.request_id
    assert removed.revision > ended.revision
    assert await engine.position() == removed.revision


async def test_removals_are_replayed(engine: Engine) -> None:
    gone = (await engine.accept(new_job(), DOCUMENT)).job
    await engine.remove(TENANT, [gone.request_id])
    stays = (await engine.accept(new_job(), DOCUMENT)).job
    async with aclosing(engine.changes(START)) as changes:
        removed, changed = await take(changes, 2)
    assert isinstance(removed, JobRemoved)
    assert removed.request_id == gone.request_id
    assert gone.revision < removed.revision < stays.revision
    assert changed == JobChanged(stays)


async def test_replay_and_live_have_no_gap_and_no_repetition(engine: Engine) -> None:
    before = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(20)]

    async def accept_more() -> list[Revision]:
        return [(await engine.accept(new_job(), DOCUMENT)).job.revision for _ in range(40)]

    async with aclosing(engine.changes(START)) as changes:
        accepting = asyncio.create_task(accept_more())
        seen = await take(changes, 60)
        later = await accepting
    revisions = [change.job.revision for change in seen if isinstance(change, JobChanged)]
    assert revisions == [job.revision for job in before] + later


async def test_a_long_replay_is_complete(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_feed, "REPLAY_CHANGES_MAX", 7)
    jobs = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(21)]
    await engine.remove(TENANT, [job.request_id for job in jobs[:10]])
    async with aclosing(engine.changes(START)) as changes:
        seen = await take(changes, 21)
    assert seen[:11] == [JobChanged(job) for job in jobs[10:]]
    assert [change.request_id for change in seen[11:] if isinstance(change, JobRemoved)] == [
        job.request_id for job in jobs[:10]
    ]


async def test_a_slow_reader_gets_the_latest_state_of_every_job(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "WAITING_CHANGES_MAX", 5)
    async with aclosing(engine.changes(START)) as changes:
        first = (await engine.accept(new_job(), DOCUMENT)).job
        assert await take(changes, 1) == [JobChanged(first)]
        jobs = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(20)]
        ended = [await engine.update(job.cancel_requested(NOW)) for job in jobs]
        latest: dict[str, Change] = {}
        revision = first.revision
        while revision < ended[-1].revision:
            change = await anext(changes)
            assert isinstance(change, JobChanged)
            assert change.job.revision > revision
            revision = change.job.revision
            latest[change.job.request_id] = change
    assert list(latest.values()) == [JobChanged(job) for job in ended]


async def test_progress_of_a_slow_reader_is_one_slot_a_job(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    async with aclosing(engine.changes(START)) as changes:
        assert await take(changes, 1) == [JobChanged(lease.job)]
        for page in range(5):
            engine.report(lease, Progress("page", page, 5))
        assert await anext(changes) == JobProgressed(lease.job.request_id, Progress("page", 4, 5))
        engine.report(lease, Progress("page", 5, 5))
        started = await engine.record(lease, lease.job.module_started(NOW))
        # Progress from before a change is dropped: it says nothing about what comes after.
        assert await anext(changes) == JobChanged(started)


async def test_progress_without_a_lease_is_not_told(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    await engine.release(lease)
    async with aclosing(engine.changes(START)) as changes:
        await take(changes, 1)
        engine.report(lease, Progress("page", 1, 5))
        other = (await engine.accept(new_job(), DOCUMENT)).job
        assert await anext(changes) == JobChanged(other)


async def test_each_reader_gets_every_change(engine: Engine) -> None:
    async with aclosing(engine.changes(START)) as one, aclosing(engine.changes(START)) as two:
        job = (await engine.accept(new_job(), DOCUMENT)).job
        assert await take(one, 1) == await take(two, 1) == [JobChanged(job)]


async def test_the_feed_ends_after_its_last_change_when_the_engine_closes(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    async with aclosing(engine.changes(START)) as changes:
        assert await anext(changes) == JobChanged(job)
        other = (await engine.accept(new_job(), DOCUMENT)).job
        await engine.close()
        assert [change async for change in changes] == [JobChanged(other)]


async def unreadable(_after: Revision, _most: int) -> list[live_feed.Durable]:
    raise UnavailableError("the disk is gone", reason="STORAGE_FAILED")


async def test_a_reader_hears_that_the_record_cannot_be_read() -> None:
    feed = live_feed.Feed(START)
    with pytest.raises(UnavailableError):
        await anext(feed.read(START, unreadable))


async def test_a_replay_that_fails_while_the_feed_is_closing_ends_it() -> None:
    feed = live_feed.Feed(START)
    feed.begin_closing()
    assert [change async for change in feed.read(START, unreadable)] == []


async def test_a_feed_of_a_closed_engine_is_empty(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    await engine.close()
    assert [change async for change in engine.changes(START)] == []
