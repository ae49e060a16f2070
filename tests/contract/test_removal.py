"""What `remove`, `expire`, `jobs_of` and `known_blobs` promise."""

import pytest

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, Instant, RequestId
from octavo_server.ports.engine import Engine, Removed
from tests.contract.samples import (
    DOCUMENT,
    NOW,
    OTHER_TENANT,
    OUTPUT,
    PIPELINE,
    TENANT,
    new_job,
    new_pipeline,
    output,
)

KEYS = [BlobKey(letter * 32) for letter in "abc"]
NOTHING = Removed((), ())


async def test_a_removed_job_leaves_nothing_behind(engine: Engine) -> None:
    await engine.accept(new_job(name="a.txt", idempotency_key="k"), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    job = await engine.record(lease, started.module_succeeded(NOW, output()), OUTPUT)
    assert await engine.remove(TENANT, [job.request_id]) == Removed((job.request_id,), ())
    with pytest.raises(NotFoundError):
        await engine.get(TENANT, job.request_id)
    with pytest.raises(NotFoundError):
        await engine.get_by_file(TENANT, job.file.file_id)
    for slot in ("document", 0):
        with pytest.raises(NotFoundError):
            await engine.inline(job.request_id, slot)
    assert await engine.find_accepted(TENANT, PIPELINE, "k") is None
    # Its path and its key are free.
    assert not (await engine.accept(new_job(name="a.txt", idempotency_key="k"), DOCUMENT)).deduplicated


async def test_a_removal_tells_the_blobs_that_are_left(engine: Engine) -> None:
    await engine.accept(new_job(blob_key=KEYS[0]), None)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    job = await engine.record(lease, started.module_succeeded(NOW, output(blob_key=KEYS[1])))
    assert await engine.known_blobs(KEYS) == {KEYS[0], KEYS[1]}
    removed = await engine.remove(TENANT, [job.request_id])
    assert set(removed.blob_keys) == {KEYS[0], KEYS[1]}
    assert await engine.known_blobs(KEYS) == set()


async def test_unknown_jobs_and_those_of_others_are_passed_over(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    assert await engine.remove(OTHER_TENANT, [job.request_id]) == NOTHING
    assert await engine.remove(TENANT, [RequestId("nobody")]) == NOTHING
    assert await engine.remove(TENANT, []) == NOTHING
    removed = await engine.remove(TENANT, [RequestId("nobody"), job.request_id])
    assert removed.request_ids == (job.request_id,)
    assert await engine.remove(TENANT, [job.request_id]) == NOTHING


async def test_what_has_expired_goes_in_steps(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    ids = {}
    for seconds, tenant in ((30, TENANT), (10, OTHER_TENANT), (20, TENANT), (40, TENANT)):
        job = new_job(expire_time=Instant(NOW + seconds), tenant=tenant)
        ids[seconds] = (await engine.accept(job, DOCUMENT)).job.request_id
    assert (await engine.expire(NOW, jobs_max=10)).request_ids == ()
    first = (await engine.expire(Instant(NOW + 30), jobs_max=2)).request_ids
    second = (await engine.expire(Instant(NOW + 30), jobs_max=2)).request_ids
    assert (len(first), len(second)) == (2, 1)
    assert {*first, *second} == {ids[10], ids[20], ids[30]}
    assert await engine.get(TENANT, ids[40])


async def test_jobs_of_a_pipeline_are_its_own(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    own = {(await engine.accept(new_job(), DOCUMENT)).job.request_id for _ in range(3)}
    await engine.accept(new_job(pipeline="q"), DOCUMENT)
    await engine.accept(new_job(tenant=OTHER_TENANT), DOCUMENT)
    assert set(await engine.jobs_of(TENANT, PIPELINE, jobs_max=10)) == own
    assert len(await engine.jobs_of(TENANT, PIPELINE, jobs_max=2)) == 2
