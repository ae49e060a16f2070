"""Removing jobs while the disk fails."""

from octavo_server.engines.memory import MemoryEngine
from octavo_server.usecases.remove_jobs import RemoveJobs
from tests.contract.samples import TENANT, ManualClock, new_job, new_pipeline


class FailingBlobs:
    """Deletes nothing."""

    async def delete(self, keys: object) -> None:
        raise OSError("the disk is gone")


async def test_jobs_are_removed_although_their_blobs_can_not_be_deleted() -> None:
    engine = MemoryEngine(clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    job = (await engine.accept(new_job(blob_key="b"), None)).job
    remove = RemoveJobs(engine=engine, blobs=FailingBlobs())  # type: ignore[arg-type]  # of a disk nothing else is left
    assert await remove(TENANT, [job.request_id]) == 1
    assert await remove(TENANT, [job.request_id]) == 0
    await engine.close()
