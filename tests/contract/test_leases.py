"""What `claim`, `extend`, `record`, `release` and `report` promise."""

import asyncio
from dataclasses import replace

import pytest

from octavo_server.domain.ids import Instant
from octavo_server.domain.jobs import JobState, ModuleState, Priority
from octavo_server.ports.engine import Engine, Lease, StaleError
from tests.contract.conftest import OpenEngine
from tests.contract.samples import DOCUMENT, FAILURE, NOW, OUTPUT, TENANT, new_job, new_pipeline, output

SHORT_LEASE_SECONDS = 0.05


async def nothing_to_claim(engine: Engine) -> bool:
    """A claim that has had every chance to succeed still waits."""
    claiming = asyncio.create_task(engine.claim())
    await asyncio.sleep(0)
    # The engine answers in order: what was claimable before this call would have been claimed by now.
    await engine.put_pipeline(new_pipeline("marker"))
    waits = not claiming.done()
    claiming.cancel()
    await asyncio.gather(claiming, return_exceptions=True)
    return waits


async def test_a_claim_gets_the_job_as_it_is(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    assert (await engine.claim()).job == job


async def test_a_claim_waits_for_a_job(engine: Engine) -> None:
    claiming = asyncio.create_task(engine.claim())
    job = (await engine.accept(new_job(), DOCUMENT)).job
    assert (await claiming).job == job


async def test_a_leased_job_is_claimed_once(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    await engine.claim()
    assert await nothing_to_claim(engine)


async def test_the_highest_priority_goes_first_and_then_the_oldest(engine: Engine) -> None:
    wanted = [Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.NORMAL, Priority.HIGH]
    jobs = [(await engine.accept(new_job(priority=priority), DOCUMENT)).job for priority in wanted]
    claimed = [(await engine.claim()).job for _ in jobs]
    assert claimed == sorted(jobs, key=lambda job: (-job.priority, job.revision))


async def test_a_cancelled_claim_loses_no_job(engine: Engine) -> None:
    for _ in range(20):
        claims = [asyncio.create_task(engine.claim()) for _ in range(3)]
        await engine.position()
        await asyncio.sleep(0)
        job = (await engine.accept(new_job(), DOCUMENT)).job
        # The first may have been woken just now, and does not come.
        claims[0].cancel()
        done, waiting = await asyncio.wait(claims, return_when=asyncio.FIRST_COMPLETED)
        while not (leases := [task.result() for task in done if not task.cancelled()]):
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [lease.job for lease in leases] == [job]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await engine.remove(TENANT, [job.request_id])


async def test_a_lease_that_is_not_extended_ends(open_engine: OpenEngine) -> None:
    engine = await open_engine(lease_seconds=SHORT_LEASE_SECONDS)
    job = (await engine.accept(new_job(), DOCUMENT)).job
    lost = await engine.claim()
    lease = await engine.claim()
    assert lease.job == job
    assert lease.token != lost.token


async def test_a_worker_that_lost_its_lease_can_do_nothing(open_engine: OpenEngine) -> None:
    engine = await open_engine(lease_seconds=SHORT_LEASE_SECONDS)
    await engine.accept(new_job(), DOCUMENT)
    lost = await engine.claim()
    lease = await engine.claim()
    with pytest.raises(StaleError):
        await engine.record(lost, lost.job.module_started(NOW))
    with pytest.raises(StaleError):
        await engine.extend(lost)
    await engine.release(lost)
    assert (await engine.record(lease, lease.job.module_started(NOW))).state is JobState.RUNNING


async def test_an_extended_lease_outlives_one_that_is_not(open_engine: OpenEngine) -> None:
    engine = await open_engine(lease_seconds=0.5)
    for _ in range(3):
        await engine.accept(new_job(), DOCUMENT)
    extended, left, resting = [await engine.claim() for _ in range(3)]
    await engine.release(resting, delay_seconds=0.1)
    # Both leases are that much older when this one comes back.
    assert (await engine.claim()).job == resting.job
    await engine.remove(TENANT, [resting.job.request_id])
    await engine.extend(extended)
    assert (await engine.claim()).job == left.job
    assert (await engine.claim()).job == extended.job


async def test_the_lease_goes_on_while_the_module_runs(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    assert started.runs[0].state is ModuleState.RUNNING
    assert started.revision > lease.job.revision
    assert await engine.get(TENANT, started.request_id) == started
    assert await nothing_to_claim(engine)
    await engine.extend(lease)


async def test_an_output_is_on_record_with_its_change(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    ended = await engine.record(lease, started.module_succeeded(NOW, output()), OUTPUT)
    assert ended.state is JobState.SUCCEEDED
    assert await engine.inline(ended.request_id, 0) == OUTPUT
    assert await engine.get(TENANT, ended.request_id) == ended


async def test_a_job_that_has_ended_is_not_claimable(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    failed = await engine.record(lease, started.module_failed(NOW, FAILURE))
    assert await nothing_to_claim(engine)
    with pytest.raises(StaleError):
        await engine.extend(lease)
    with pytest.raises(StaleError):
        await engine.record(lease, failed)


async def test_between_two_modules_the_job_is_claimable_again(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q", chain=("parser", "segmenter")))
    await engine.accept(new_job(pipeline="q", chain=("parser", "segmenter")), DOCUMENT)
    for index in range(2):
        lease = await engine.claim()
        assert lease.job.current == index
        started = await engine.record(lease, lease.job.module_started(NOW))
        data = f"output {index}".encode()
        job = await engine.record(lease, started.module_succeeded(NOW, output(data)), data)
        with pytest.raises(StaleError):
            await engine.record(lease, job)
    assert job.state is JobState.SUCCEEDED
    assert [await engine.inline(job.request_id, index) for index in range(2)] == [b"output 0", b"output 1"]


async def test_the_next_module_starts_although_the_last_output_is_a_blob(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q", chain=("parser", "segmenter")))
    await engine.accept(new_job(pipeline="q", chain=("parser", "segmenter")), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    await engine.record(lease, started.module_succeeded(NOW, output(blob_key="c" * 32)))
    lease = await engine.claim()
    assert (await engine.record(lease, lease.job.module_started(NOW))).current == 1


async def test_a_record_of_an_outdated_job_is_stale_and_keeps_the_lease(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    started = await engine.record(lease, lease.job.module_started(NOW))
    cancelling = await engine.update(started.cancel_requested(NOW))
    with pytest.raises(StaleError):
        await engine.record(lease, started.module_succeeded(NOW, output()), OUTPUT)
    assert await engine.get(TENANT, started.request_id) == cancelling
    assert (await engine.record(lease, cancelling.cancelled(NOW))).state is JobState.CANCELLED


async def test_a_job_that_is_cancelled_while_it_waits_is_not_claimed(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    await engine.update(job.cancel_requested(NOW))
    assert await nothing_to_claim(engine)


async def test_a_removed_job_is_not_claimed_and_its_lease_is_stale(engine: Engine) -> None:
    jobs = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(2)]
    lease = await engine.claim()
    await engine.remove(TENANT, [job.request_id for job in jobs])
    assert await nothing_to_claim(engine)
    with pytest.raises(StaleError):
        await engine.record(lease, lease.job.module_started(NOW))
    with pytest.raises(StaleError):
        await engine.extend(lease)


async def test_a_waiting_job_that_changed_is_claimed_once_and_as_it_is(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    job = await engine.update(replace(job, update_time=Instant(NOW + 1)))
    assert (await engine.claim()).job == job
    assert await nothing_to_claim(engine)


async def test_a_released_job_is_claimable_at_once(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    await engine.release(lease)
    again = await engine.claim()
    assert again.job == lease.job
    assert again.token != lease.token
    # Twice, and too late: no harm.
    await engine.release(lease)
    await engine.extend(again)


async def test_a_released_job_rests_for_its_delay(engine: Engine) -> None:
    await engine.accept(new_job(), DOCUMENT)
    lease = await engine.claim()
    await engine.release(lease, delay_seconds=0.1)
    assert await nothing_to_claim(engine)
    assert (await engine.claim()).job == lease.job


async def test_many_workers_share_many_jobs_without_one_twice(engine: Engine) -> None:
    jobs = await asyncio.gather(*(engine.accept(new_job(), DOCUMENT) for _ in range(100)))

    async def work() -> list[Lease]:
        leases = []
        for _ in range(10):
            lease = await engine.claim()
            started = await engine.record(lease, lease.job.module_started(NOW))
            await engine.record(lease, started.module_succeeded(NOW, output()), OUTPUT)
            leases.append(lease)
        return leases

    done = await asyncio.gather(*(work() for _ in range(10)))
    claimed = [lease.job.request_id for leases in done for lease in leases]
    assert sorted(claimed) == sorted(accepted.job.request_id for accepted in jobs)
