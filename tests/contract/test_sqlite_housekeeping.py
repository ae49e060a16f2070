"""What the owned thread does while nobody waits: in steps, and never at the cost of those who do."""

import asyncio
from pathlib import Path

import pytest

from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.ids import Instant, RequestId, Revision
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.engines.sqlite.expiry import JOBS_FIRST, LATE_SECONDS, LATE_STEP_SECONDS, Expiry
from octavo_server.engines.sqlite.pace import GROWTH_MAX, STEP_SECONDS, Pace
from octavo_server.engines.sqlite.removal import Removal
from octavo_server.ports.engine import JobRemoved, Removed
from tests.contract.samples import DOCUMENT, NOW, PIPELINE, TENANT, ManualClock, new_job, new_pipeline

LATER = Instant(NOW + 2_000)


async def engine_with(data_dir: Path, jobs: int) -> SqliteEngine:
    engine = await SqliteEngine.open(data_dir, clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    await asyncio.gather(*(engine.accept(new_job(), DOCUMENT) for _ in range(jobs)))
    return engine


def test_a_pace_does_as_much_as_fits_into_a_step() -> None:
    pace = Pace(first=100, most=1_000)
    pace.took(100, STEP_SECONDS * 4)
    assert pace.amount == 25
    pace.took(25, STEP_SECONDS)
    assert pace.amount == 25


def test_a_pace_grows_slowly_and_keeps_within_its_bounds() -> None:
    pace = Pace(first=100, most=120)
    pace.took(100, STEP_SECONDS / 50)
    assert pace.amount == 120 < 100 * GROWTH_MAX
    pace.took(120, 60.0)
    assert pace.amount == 1
    pace.took(1, 0.0)
    assert pace.amount == GROWTH_MAX


def test_a_pace_learns_nothing_from_a_little_that_was_quick() -> None:
    pace = Pace(first=100, most=1_000)
    pace.took(1, STEP_SECONDS / 100)
    assert pace.amount == 100
    pace.took(1, STEP_SECONDS * 2)
    assert pace.amount == 1


async def test_few_jobs_at_a_time_expire_until_none_is_left(tmp_path: Path) -> None:
    engine = await engine_with(tmp_path, JOBS_FIRST * 3)
    assert len((await engine.expire(LATER, jobs_max=1_000)).request_ids) == JOBS_FIRST
    while (await engine.expire(LATER, jobs_max=1_000)).request_ids:
        pass
    assert await engine.jobs_of(TENANT, PIPELINE, jobs_max=1) == []
    await engine.close()


async def test_what_was_asked_together_with_an_expiry_is_done_first(tmp_path: Path) -> None:
    engine = await engine_with(tmp_path, 1)
    done: list[str] = []
    # All that is asked before the thread has come to the chore: it takes chores only when nobody waits.
    calls = [engine.known_blobs([]), engine.expire(LATER, jobs_max=10)]
    tasks = [asyncio.ensure_future(call) for call in calls]
    for name, task in zip(("read", "expired"), tasks, strict=True):
        task.add_done_callback(lambda _, name=name: done.append(name))
    await asyncio.gather(*tasks)
    assert done == ["read", "expired"]
    await engine.close()


async def test_an_expiry_that_was_begun_is_finished_when_the_engine_closes(tmp_path: Path) -> None:
    engine = await engine_with(tmp_path, 1)
    expiring = asyncio.ensure_future(engine.expire(LATER, jobs_max=10))
    await asyncio.sleep(0)
    await engine.close()
    assert len((await expiring).request_ids) == 1
    with pytest.raises(UnavailableError):
        await engine.expire(LATER, jobs_max=10)


async def test_steps_get_longer_only_if_there_was_more_to_expire_for_long() -> None:
    times = iter([0.0, LATE_SECONDS, LATE_SECONDS + 1, LATE_SECONDS + 2])
    expiry = Expiry(lambda: next(times))
    some = Removal(Removed((), ()), (JobRemoved(RequestId("r"), Revision(1), TENANT, PIPELINE),))
    chore = expiry.chore(NOW, 10, lambda _: None)
    for done, step_seconds in (
        (some, STEP_SECONDS),
        (some, STEP_SECONDS),
        (some, LATE_STEP_SECONDS),
        (Removal(Removed((), ()), ()), STEP_SECONDS),
    ):
        chore.took(done, 0.0)
        assert expiry.step_seconds == step_seconds
