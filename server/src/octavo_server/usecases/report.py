"""Tell how a job is."""

import asyncio

from octavo_server.domain.errors import InvalidArgumentError, NotFoundError
from octavo_server.domain.ids import RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, Progress
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine
from octavo_server.usecases.hub import LONG_POLL, WatchHub

WAIT_SECONDS_MAX = 60.0


class Report:
    """Reads jobs."""

    def __init__(self, *, engine: Engine, hub: WatchHub, clock: Clock) -> None:
        self._engine = engine
        self._hub = hub
        self._clock = clock

    async def __call__(self, tenant: TenantId, request_id: RequestId) -> tuple[Job, Progress | None]:
        """The job as it is now, and how far its running module is. Raises InvalidArgumentError, NotFoundError."""
        if not request_id:
            raise InvalidArgumentError("request_id", "is missing: give the id that Process returned")
        job = await self._engine.get(tenant, request_id)
        if job.has_expired(self._clock.now()):
            # The sweeper may be a second late; for callers it is gone.
            raise NotFoundError("job", request_id)
        return job, self._hub.progress_of(request_id)

    async def after(
        self, tenant: TenantId, request_id: RequestId, *, wait_seconds: float, known: Revision | None
    ) -> tuple[Job, Progress | None]:
        """The job as soon as its revision is past `known` or it has ended, or as it is after `wait_seconds`.

        `known` None: its revision at the time of the call. Raises InvalidArgumentError, NotFoundError,
        ResourceExhaustedError (WATCHERS_FULL) and, when the server stops, UnavailableError.
        """
        if not 0 <= wait_seconds <= WAIT_SECONDS_MAX:
            raise InvalidArgumentError("wait", f"must be 0 to {WAIT_SECONDS_MAX:g} s; {wait_seconds:g} is not")
        with self._hub.subscribe([request_id], LONG_POLL) as subscription:
            status = await self(tenant, request_id)
            known = status[0].revision if known is None else known
            try:
                async with asyncio.timeout(wait_seconds):
                    while status[0].revision <= known and not status[0].state.is_final:
                        await subscription.bell.wait()
                        self._hub.check_open(LONG_POLL)
                        subscription.take()
                        status = await self(tenant, request_id)
            except TimeoutError:
                return await self(tenant, request_id)
            return status
