"""What `list_jobs` and `changes_in` promise."""

import pytest

from octavo_server.domain.ids import Instant, PipelineName, Revision
from octavo_server.domain.jobs import JobState
from octavo_server.ports.engine import Engine, JobChanged, JobRemoved
from tests.contract.conftest import OpenEngine
from tests.contract.listing_samples import ended, file_at, jobs_listed
from tests.contract.samples import NOW, OTHER_TENANT, PIPELINE, TENANT, new_pipeline

Q = PipelineName("q")


@pytest.fixture(params=[20_000, 1])
async def engine(open_engine: OpenEngine, request: pytest.FixtureRequest) -> Engine:
    engine = await open_engine(looked_at_max=request.param)
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    return engine


@pytest.mark.parametrize("page_jobs", [1, 2, 100])
async def test_jobs_come_newest_first_whatever_their_state(engine: Engine, page_jobs: int) -> None:
    jobs = [await file_at(engine, f"/{n}.txt", pipeline=Q if n % 2 else PIPELINE) for n in range(6)]
    ids = [job.request_id for job in jobs]
    await file_at(engine, "/0.txt", tenant=OTHER_TENANT)
    await ended(engine)
    await ended(engine, fails=True)
    await ended(engine)
    await engine.update(jobs[4].cancel_requested(NOW))
    assert await jobs_listed(engine, page_jobs=page_jobs) == ids[::-1]
    assert await jobs_listed(engine, Q, page_jobs=page_jobs) == [ids[5], ids[3], ids[1]]
    done = [JobState.SUCCEEDED, JobState.CANCELLED]
    assert await jobs_listed(engine, states=done, page_jobs=page_jobs) == [ids[4], ids[2], ids[0]]
    assert await jobs_listed(engine, Q, states=[JobState.FAILED], page_jobs=page_jobs) == [ids[1]]
    assert await jobs_listed(engine, PIPELINE, states=[JobState.FAILED], page_jobs=page_jobs) == []


async def test_expired_jobs_are_not_listed(engine: Engine) -> None:
    await file_at(engine, "/a.txt", expire_time=Instant(NOW + 1))
    living = await file_at(engine, "/b.txt")
    assert await jobs_listed(engine, now=Instant(NOW + 1)) == [living.request_id]


async def test_the_changes_of_a_pipeline_are_its_own(engine: Engine) -> None:
    first = await file_at(engine, "/1.txt")
    await file_at(engine, "/2.txt", pipeline=Q)
    await file_at(engine, "/3.txt", tenant=OTHER_TENANT)
    third = await file_at(engine, "/4.txt")
    changed = await engine.update(first.cancel_requested(NOW))
    await engine.remove(TENANT, [third.request_id])
    removed = JobRemoved(third.request_id, await engine.position(), TENANT, PIPELINE)
    told = [JobChanged(changed), removed]
    assert await engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=10) == told
    assert await engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=1) == told[:1]
    assert await engine.changes_in(TENANT, PIPELINE, changed.revision, changes_max=10) == told[1:]
    assert await engine.changes_in(TENANT, PIPELINE, removed.revision, changes_max=10) == []
    assert len(await engine.changes_in(TENANT, Q, Revision(0), changes_max=10)) == 1
