"""An expired job is as if it had never been, also before it is swept away."""

import asyncio
from contextlib import aclosing

import pytest

from octavo_server.domain.errors import AlreadyExistsError, NotFoundError, ResourceExhaustedError
from octavo_server.domain.ids import BlobKey, Instant
from octavo_server.domain.jobs import Job
from octavo_server.ports.engine import Accepted, Engine, JobChanged, JobRemoved, Removed
from tests.contract.conftest import OpenEngine
from tests.contract.samples import DOCUMENT, NOW, PIPELINE, TENANT, ManualClock, new_job

BLOB = BlobKey("a" * 32)
LATER = Instant(NOW + 10)


async def accept_dying(engine: Engine, **fields: str) -> Job:
    """Has expired at LATER."""
    return (await engine.accept(new_job(expire_time=LATER, blob_key=BLOB, **fields), None)).job


async def test_the_path_of_an_expired_job_is_free(engine: Engine) -> None:
    dead = await accept_dying(engine, name="a.txt")
    async with aclosing(engine.changes(await engine.position())) as changes:
        accepted = await engine.accept(new_job(name="a.txt", create_time=LATER), DOCUMENT)
        assert accepted.removed == Removed((dead.request_id,), (BLOB,))
        removal = await anext(changes)
        assert isinstance(removal, JobRemoved)
        assert removal.request_id == dead.request_id
        assert dead.revision < removal.revision < accepted.job.revision
        assert await anext(changes) == JobChanged(accepted.job)
    with pytest.raises(NotFoundError):
        await engine.get(TENANT, dead.request_id)
    assert await engine.known_blobs([BLOB]) == set()
    assert await engine.get(TENANT, accepted.job.request_id) == accepted.job
    assert await engine.inline(accepted.job.request_id, "document") == DOCUMENT
    assert (await engine.claim()).job == accepted.job


async def test_the_idempotency_key_of_an_expired_job_is_free(engine: Engine) -> None:
    dead = await accept_dying(engine, idempotency_key="k", fingerprint="f")
    same = new_job(idempotency_key="k", fingerprint="f", create_time=LATER)
    accepted = await engine.accept(same, DOCUMENT)
    assert (accepted.job.request_id, accepted.deduplicated) == (same.request_id, False)
    assert accepted.removed.request_ids == (dead.request_id,)
    again = await engine.accept(new_job(idempotency_key="k", fingerprint="f", create_time=LATER), DOCUMENT)
    assert again == Accepted(accepted.job, deduplicated=True)


async def test_an_expired_job_is_not_found_by_its_key(engine: Engine, clock: ManualClock) -> None:
    dying = await accept_dying(engine, idempotency_key="k")
    assert await engine.find_accepted(TENANT, PIPELINE, "k") == dying
    clock.time = LATER
    assert await engine.find_accepted(TENANT, PIPELINE, "k") is None


async def test_two_expired_jobs_make_room_for_one(engine: Engine) -> None:
    one = await accept_dying(engine, name="a.txt")
    other = (await engine.accept(new_job(expire_time=LATER, idempotency_key="k"), DOCUMENT)).job
    accepted = await engine.accept(new_job(name="a.txt", idempotency_key="k", create_time=LATER), DOCUMENT)
    assert set(accepted.removed.request_ids) == {one.request_id, other.request_id}


async def test_a_refused_job_removes_none_that_has_expired(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=2)
    dead = await accept_dying(engine, idempotency_key="k")
    await engine.accept(new_job(name="a.txt"), DOCUMENT)
    with pytest.raises(ResourceExhaustedError):
        await engine.accept(new_job(idempotency_key="k", create_time=LATER), DOCUMENT)
    await engine.update(dead.cancel_requested(NOW))
    with pytest.raises(AlreadyExistsError):
        await engine.accept(new_job(name="a.txt", idempotency_key="k", create_time=LATER), DOCUMENT)
    assert await engine.known_blobs([BLOB]) == {BLOB}


async def test_only_one_of_those_that_come_together_takes_the_path(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=5)
    await accept_dying(engine, name="a.txt")
    answers = await asyncio.gather(
        *(engine.accept(new_job(name="a.txt", create_time=LATER), DOCUMENT) for _ in range(4)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [Accepted, *[AlreadyExistsError] * 3]
    # The count of unfinished jobs is right: there is room for four more.
    for _ in range(4):
        await engine.accept(new_job(), DOCUMENT)
    with pytest.raises(ResourceExhaustedError):
        await engine.accept(new_job(), DOCUMENT)


async def test_the_same_request_sent_twice_is_not_refused_when_it_takes_the_last_place(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=1)
    answers = await asyncio.gather(
        engine.list_pipelines(TENANT, after="", pipelines_max=1),
        *(engine.accept(new_job(idempotency_key="k"), DOCUMENT) for _ in range(2)),
    )
    assert [one.deduplicated for one in answers[1:] if isinstance(one, Accepted)] == [False, True]
