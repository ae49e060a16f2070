"""Run a job again that did not end well."""

from octavo_server.domain.errors import FailedPreconditionError
from octavo_server.domain.ids import RequestId, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine, StaleError
from octavo_server.usecases.report import Report


class Retry:
    """Sends jobs back to PENDING."""

    def __init__(self, *, engine: Engine, report: Report, clock: Clock) -> None:
        self._engine = engine
        self._report = report
        self._clock = clock

    async def __call__(self, tenant: TenantId, request_id: RequestId) -> Job:
        """The job, PENDING. Raises NotFoundError, FailedPreconditionError (JOB_NOT_FAILED), ResourceExhaustedError."""
        while True:
            job, _progress = await self._report(tenant, request_id)
            if job.state not in (JobState.FAILED, JobState.CANCELLED):
                raise FailedPreconditionError(
                    f"jobs/{request_id}",
                    f"the job is {job.state}: only one that failed or was cancelled can be run again",
                    reason="JOB_NOT_FAILED",
                )
            try:
                return await self._engine.update(job.retried(self._clock.now()))
            except StaleError:
                # It changed in between: look again.
                continue
