"""Stop a job on request."""

from octavo_server.domain.errors import FailedPreconditionError
from octavo_server.domain.ids import RequestId, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine, StaleError
from octavo_server.usecases.report import Report


class Cancel:
    """Cancels jobs. The worker that runs one hears of it through the feed."""

    def __init__(self, *, engine: Engine, report: Report, clock: Clock) -> None:
        self._engine = engine
        self._report = report
        self._clock = clock

    async def __call__(self, tenant: TenantId, request_id: RequestId) -> Job:
        """The job, CANCELLING or CANCELLED. Raises NotFoundError, FailedPreconditionError (JOB_ENDED)."""
        while True:
            job, _progress = await self._report(tenant, request_id)
            if job.state in (JobState.SUCCEEDED, JobState.FAILED):
                raise FailedPreconditionError(
                    f"jobs/{request_id}",
                    f"the job has {job.state} already: there is nothing to cancel",
                    reason="JOB_ENDED",
                )
            wanted = job.cancel_requested(self._clock.now())
            if wanted is job:
                return job
            try:
                return await self._engine.update(wanted)
            except StaleError:
                # It changed in between: look again.
                continue
