"""What `refile` promises."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from octavo_server.domain.errors import AlreadyExistsError
from octavo_server.domain.files import Tag
from octavo_server.domain.ids import BlobKey, Instant
from octavo_server.domain.jobs import Job
from octavo_server.ports.engine import Engine, JobChanged, JobRemoved, Removed, StaleError
from tests.contract.listing_samples import ended, file_at, paths
from tests.contract.samples import DOCUMENT, NOW, TENANT, ManualClock, new_job

BLOB = BlobKey("a" * 32)
LATER = Instant(NOW + 10)


def renamed(job: Job, name: str) -> Job:
    return job.refiled(LATER, replace(job.file, name=name), job.expire_time)


async def test_other_metadata_and_another_time_to_expire_are_recorded_and_told(engine: Engine) -> None:
    job = await file_at(engine, "/a/1.txt", tags=(("k", "v"),))
    file = replace(job.file, name="2.txt", directory="/b", tags=(Tag("x", "y"),), description="d")
    async with aclosing(engine.changes(job.revision)) as changes:
        refiled = (await engine.refile(job.refiled(LATER, file, Instant(NOW + 99)))).job
        assert await anext(changes) == JobChanged(refiled)
    assert refiled.revision > job.revision
    assert refiled.file == replace(file, update_time=LATER)
    assert await engine.get(TENANT, job.request_id) == refiled
    assert await engine.get_by_file(TENANT, job.file.file_id) == refiled
    assert (await engine.expire(Instant(NOW + 98), jobs_max=9)).request_ids == ()
    assert (await engine.expire(Instant(NOW + 99), jobs_max=9)).request_ids == (job.request_id,)


async def test_the_old_path_is_free_and_the_new_one_taken(engine: Engine) -> None:
    job = await file_at(engine, "/1.txt")
    await engine.refile(renamed(job, "2.txt"))
    await file_at(engine, "/1.txt")
    with pytest.raises(AlreadyExistsError) as caught:
        await file_at(engine, "/2.txt")
    assert caught.value.reason == "PATH_TAKEN"


async def test_a_taken_path_is_refused_and_nothing_changes(engine: Engine) -> None:
    job, other = await file_at(engine, "/1.txt"), await file_at(engine, "/2.txt")
    with pytest.raises(AlreadyExistsError) as caught:
        await engine.refile(renamed(job, "2.txt"))
    assert caught.value.reason == "PATH_TAKEN"
    assert await engine.get(TENANT, job.request_id) == job
    assert await engine.position() == other.revision
    # Its own path is in nobody's way.
    await engine.refile(renamed(job, "1.txt"))


async def test_an_expired_job_makes_room(engine: Engine, clock: ManualClock) -> None:
    job = await file_at(engine, "/1.txt")
    dead = (await engine.accept(new_job(name="2.txt", expire_time=LATER, blob_key=BLOB), None)).job
    dead = (await engine.refile(dead.refiled(NOW, replace(dead.file, directory="/"), LATER))).job
    clock.time = LATER
    async with aclosing(engine.changes(await engine.position())) as changes:
        refiled = await engine.refile(renamed(job, "2.txt"))
        assert refiled.removed == Removed((dead.request_id,), (BLOB,))
        removal = await anext(changes)
        assert isinstance(removal, JobRemoved)
        assert removal.request_id == dead.request_id
        assert await anext(changes) == JobChanged(refiled.job)
    assert await paths(engine) == ["/2.txt"]


async def test_an_outdated_revision_is_refused(engine: Engine) -> None:
    job = await file_at(engine, "/1.txt")
    refiled = (await engine.refile(renamed(job, "2.txt"))).job
    for outdated in (renamed(job, "3.txt"), replace(refiled, request_id="nobody")):
        with pytest.raises(StaleError):
            await engine.refile(outdated)


async def test_a_lease_goes_on(engine: Engine) -> None:
    await file_at(engine, "/1.txt")
    lease = await engine.claim()
    job = await engine.record(lease, lease.job.module_started(NOW))
    refiled = (await engine.refile(renamed(job, "2.txt"))).job
    with pytest.raises(StaleError):
        await engine.record(lease, job.module_released(NOW))
    await engine.extend(lease)
    assert await engine.record(lease, refiled.module_released(NOW))


async def test_a_waiting_job_keeps_its_place(engine: Engine) -> None:
    first, second = await file_at(engine, "/1.txt"), await file_at(engine, "/2.txt")
    refiled = (await engine.refile(renamed(first, "3.txt"))).job
    assert [(await engine.claim()).job for _ in range(2)] == [refiled, second]


async def test_a_job_that_ended_stays_so(engine: Engine) -> None:
    await file_at(engine, "/1.txt")
    job = await ended(engine)
    await engine.refile(renamed(job, "2.txt"))
    claiming = asyncio.create_task(engine.claim())
    await engine.known_blobs([])
    assert not claiming.done()
    claiming.cancel()
    assert await engine.inline(job.request_id, "document") == DOCUMENT
