"""What `update` promises of jobs that were final, and `delete_pipeline` of pipelines."""

import pytest

from octavo_server.domain.errors import FailedPreconditionError, NotFoundError, ResourceExhaustedError
from octavo_server.domain.jobs import JobState
from octavo_server.ports.engine import Engine, StaleError
from tests.contract.conftest import OpenEngine
from tests.contract.listing_samples import ended, file_at, paths
from tests.contract.samples import DOCUMENT, NOW, OTHER_TENANT, PIPELINE, TENANT, new_job, new_pipeline


async def test_a_retried_job_is_claimable_behind_those_that_wait(engine: Engine) -> None:
    await file_at(engine, "/1.txt")
    failed = await ended(engine, fails=True)
    waiting = await file_at(engine, "/2.txt")
    retried = await engine.update(failed.retried(NOW))
    assert retried.revision > waiting.revision
    assert [(await engine.claim()).job for _ in range(2)] == [waiting, retried]
    assert await paths(engine, states=[JobState.PENDING]) == ["/2.txt", "/1.txt"]


async def test_only_the_first_of_two_retries_counts(engine: Engine) -> None:
    await file_at(engine, "/1.txt")
    failed = await ended(engine, fails=True)
    await engine.update(failed.retried(NOW))
    with pytest.raises(StaleError):
        await engine.update(failed.retried(NOW))


async def test_a_full_queue_takes_no_retry_but_a_cancellation(open_engine: OpenEngine) -> None:
    engine = await open_engine(queue_jobs_max=1)
    await file_at(engine, "/1.txt")
    failed = await ended(engine, fails=True)
    waiting = await file_at(engine, "/2.txt")
    with pytest.raises(ResourceExhaustedError) as caught:
        await engine.update(failed.retried(NOW))
    assert caught.value.reason == "QUEUE_FULL"
    await engine.update(waiting.cancel_requested(NOW))
    await engine.update(failed.retried(NOW))
    # And it takes the place.
    with pytest.raises(ResourceExhaustedError):
        await engine.accept(new_job(), DOCUMENT)


async def test_an_empty_pipeline_can_be_deleted(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    job = await file_at(engine, "/1.txt")
    with pytest.raises(FailedPreconditionError) as caught:
        await engine.delete_pipeline(TENANT, PIPELINE)
    assert caught.value.reason == "PIPELINE_NOT_EMPTY"
    await engine.remove(TENANT, [job.request_id])
    await engine.delete_pipeline(TENANT, PIPELINE)
    for call in (engine.get_pipeline(TENANT, PIPELINE), engine.delete_pipeline(TENANT, PIPELINE)):
        with pytest.raises(NotFoundError):
            await call
    with pytest.raises(NotFoundError):
        await engine.accept(new_job(), DOCUMENT)
    assert await engine.get_pipeline(OTHER_TENANT, PIPELINE)
    await engine.put_pipeline(new_pipeline(chain=("other",)))
    assert (await engine.get_pipeline(TENANT, PIPELINE)).chain == ("other",)
