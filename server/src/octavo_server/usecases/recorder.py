"""Record what became of a leased job, also when its file was refiled meanwhile."""

from collections.abc import Callable

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.jobs import Job
from octavo_server.ports.engine import Engine, Lease, StaleError


class Recorder:
    """Records steps of leased jobs."""

    def __init__(self, *, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, lease: Lease, job: Job, step: Callable[[Job], Job], *, inline: bytes | None = None) -> Job:
        """Record what `step` makes of `job`; if only its file or its expiry changed since it was read, of the job as it
        is now. Raises StaleError if anything else changed, or the lease is lost, or the job is gone.
        """
        while True:
            try:
                return await self._engine.record(lease, step(job), inline)
            except StaleError:
                job = await self._refiled(job)

    async def _refiled(self, job: Job) -> Job:
        try:
            now = await self._engine.get(job.tenant, job.request_id)
        except NotFoundError:
            raise StaleError from None
        is_refiled = now.revision != job.revision and now.state is job.state and now.runs == job.runs
        if not is_refiled:
            raise StaleError
        return now
