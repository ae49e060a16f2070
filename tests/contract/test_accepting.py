"""What `accept`, `get` and `update` promise."""

import asyncio
from dataclasses import replace

import pytest

from octavo_server.domain.errors import AlreadyExistsError, NotFoundError, ResourceExhaustedError
from octavo_server.domain.ids import FileId, RequestId
from octavo_server.domain.jobs import JobState
from octavo_server.ports.engine import Accepted, Engine, StaleError
from tests.contract.conftest import OpenEngine
from tests.contract.samples import DOCUMENT, NOW, OTHER_TENANT, PIPELINE, TENANT, new_job, new_pipeline


async def test_an_accepted_job_is_on_record_with_a_revision(engine: Engine) -> None:
    job = new_job()
    accepted = await engine.accept(job, DOCUMENT)
    assert accepted == Accepted(replace(job, revision=accepted.job.revision), deduplicated=False)
    assert accepted.job.revision > 0
    assert await engine.get(TENANT, job.request_id) == accepted.job
    assert await engine.get_by_file(TENANT, job.file.file_id) == accepted.job
    assert await engine.inline(job.request_id, "document") == DOCUMENT


async def test_revisions_grow(engine: Engine) -> None:
    jobs = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(3)]
    revisions = [job.revision for job in jobs]
    assert sorted(set(revisions)) == revisions
    assert await engine.position() == revisions[-1]


async def test_a_tenant_does_not_see_the_jobs_of_another(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    with pytest.raises(NotFoundError):
        await engine.get(OTHER_TENANT, job.request_id)
    with pytest.raises(NotFoundError):
        await engine.get_by_file(OTHER_TENANT, job.file.file_id)


async def test_unknown_things_are_not_found(engine: Engine) -> None:
    with pytest.raises(NotFoundError) as missing:
        await engine.get(TENANT, RequestId("nobody"))
    assert missing.value.reason == "JOB_NOT_FOUND"
    with pytest.raises(NotFoundError):
        await engine.get_by_file(TENANT, FileId("nobody"))
    with pytest.raises(NotFoundError):
        await engine.inline(RequestId("nobody"), "document")


async def test_a_document_in_a_blob_is_not_inline(engine: Engine) -> None:
    job = (await engine.accept(new_job(blob_key="a" * 32), None)).job
    with pytest.raises(NotFoundError):
        await engine.inline(job.request_id, "document")


async def test_a_path_is_taken_once_in_a_pipeline(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.accept(new_job(name="a.txt"), DOCUMENT)
    with pytest.raises(AlreadyExistsError, match=r"'/etc/a\.txt' already: choose another name") as taken:
        await engine.accept(new_job(name="a.txt"), DOCUMENT)
    assert taken.value.reason == "PATH_TAKEN"
    assert taken.value.resource_name == "/etc/a.txt"
    await engine.accept(new_job(name="a.txt", pipeline="q"), DOCUMENT)


async def test_a_refused_job_leaves_no_trace(engine: Engine) -> None:
    await engine.accept(new_job(name="a.txt"), DOCUMENT)
    position = await engine.position()
    refused = new_job(name="a.txt", blob_key="b" * 32)
    with pytest.raises(AlreadyExistsError):
        await engine.accept(refused, None)
    assert await engine.position() == position
    assert await engine.known_blobs([refused.document.blob_key or ""]) == set()
    with pytest.raises(NotFoundError):
        await engine.get(TENANT, refused.request_id)


async def test_a_known_key_with_the_same_request_gives_the_job_of_back_then(engine: Engine) -> None:
    first = await engine.accept(new_job(name="a.txt", idempotency_key="k", fingerprint="f"), DOCUMENT)
    again = await engine.accept(new_job(name="a.txt", idempotency_key="k", fingerprint="f"), DOCUMENT)
    assert again == Accepted(first.job, deduplicated=True)
    assert await engine.find_accepted(TENANT, PIPELINE, "k") == first.job
    assert await engine.position() == first.job.revision


async def test_a_known_key_with_another_request_is_refused(engine: Engine) -> None:
    await engine.accept(new_job(idempotency_key="k", fingerprint="f"), DOCUMENT)
    with pytest.raises(AlreadyExistsError, match="choose a new key") as reused:
        await engine.accept(new_job(idempotency_key="k", fingerprint="g"), DOCUMENT)
    assert reused.value.reason == "IDEMPOTENCY_KEY_REUSED"


async def test_a_key_counts_within_its_pipeline_and_the_empty_one_not_at_all(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    for job in (
        new_job(idempotency_key="k"),
        new_job(idempotency_key="k", pipeline="q"),
        new_job(idempotency_key="k", tenant=OTHER_TENANT),
        new_job(),
        new_job(),
    ):
        assert not (await engine.accept(job, DOCUMENT)).deduplicated
    assert await engine.find_accepted(TENANT, PIPELINE, "") is None
    assert await engine.find_accepted(TENANT, PIPELINE, "unknown") is None


async def test_a_known_key_gives_the_job_as_it_is_now(engine: Engine) -> None:
    job = (await engine.accept(new_job(idempotency_key="k"), DOCUMENT)).job
    cancelled = await engine.update(job.cancel_requested(NOW))
    assert (await engine.accept(new_job(idempotency_key="k"), DOCUMENT)).job == cancelled


async def test_a_job_of_no_pipeline_is_refused(engine: Engine) -> None:
    with pytest.raises(NotFoundError) as gone:
        await engine.accept(new_job(pipeline="nowhere"), DOCUMENT)
    assert gone.value.reason == "PIPELINE_NOT_FOUND"


async def test_a_job_with_an_outdated_chain_is_stale(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline(chain=("segmenter",)))
    with pytest.raises(StaleError):
        await engine.accept(new_job(), DOCUMENT)
    await engine.accept(new_job(chain=("segmenter",)), DOCUMENT)


async def test_a_full_queue_refuses_jobs_until_one_has_ended(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=2)
    first = (await engine.accept(new_job(idempotency_key="k"), DOCUMENT)).job
    await engine.accept(new_job(), DOCUMENT)
    with pytest.raises(ResourceExhaustedError, match="the most this server holds") as full:
        await engine.accept(new_job(), DOCUMENT)
    assert full.value.reason == "QUEUE_FULL"
    assert full.value.retry_seconds > 0
    assert (await engine.accept(new_job(idempotency_key="k"), DOCUMENT)).deduplicated
    await engine.update(first.cancel_requested(NOW))
    await engine.accept(new_job(), DOCUMENT)


async def test_a_removed_job_makes_room_in_a_full_queue(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=1)
    job = (await engine.accept(new_job(), DOCUMENT)).job
    await engine.remove(TENANT, [job.request_id])
    await engine.accept(new_job(), DOCUMENT)


async def test_one_callers_conflict_does_not_hurt_the_others(engine: Engine) -> None:
    jobs = [new_job(name=f"{number % 150}.txt", idempotency_key=f"k{number % 100}") for number in range(300)]
    answers = await asyncio.gather(*(engine.accept(job, DOCUMENT) for job in jobs), return_exceptions=True)
    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    fresh = [answer.job for answer in accepted if not answer.deduplicated]
    # The keys of 100..149 come again although their paths are new.
    assert {job.idempotency_key for job in fresh} == {f"k{number}" for number in range(100)}
    assert len(fresh) == 100
    assert len(accepted) == 300
    for job in fresh:
        assert await engine.get(TENANT, job.request_id) == job
        assert await engine.inline(job.request_id, "document") == DOCUMENT


async def test_many_callers_want_one_path_and_one_gets_it(engine: Engine) -> None:
    answers = await asyncio.gather(
        *(engine.accept(new_job(name="a.txt"), DOCUMENT) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, Accepted) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyExistsError) for answer in answers) == 19


async def test_an_update_gives_a_new_revision(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    updated = await engine.update(job.cancel_requested(NOW))
    assert updated.state is JobState.CANCELLED
    assert updated.revision > job.revision
    assert await engine.get(TENANT, job.request_id) == updated


async def test_an_update_of_an_outdated_or_a_removed_job_is_stale(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    updated = await engine.update(replace(job, update_time=NOW))
    with pytest.raises(StaleError):
        await engine.update(job)
    assert await engine.get(TENANT, job.request_id) == updated
    await engine.remove(TENANT, [job.request_id])
    with pytest.raises(StaleError):
        await engine.update(updated)


async def test_of_concurrent_updates_one_wins(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    answers = await asyncio.gather(*(engine.update(job) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, StaleError) for answer in answers) == 4
