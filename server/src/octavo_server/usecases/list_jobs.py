"""List jobs, the newest first."""

from collections.abc import Collection

from octavo_server.domain.ids import PipelineName, TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import JobPage, Position
from octavo_server.usecases.paging import LISTS


class ListJobs:
    """Lists jobs."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(
        self,
        tenant: TenantId,
        pipeline: str,
        *,
        states: Collection[JobState],
        page_size: int,
        after: Position | None,
    ) -> JobPage:
        """One page; `pipeline` empty: of all pipelines. Raises InvalidArgumentError, NotFoundError."""
        size = LISTS.chosen(page_size)
        name = (await self._engine.get_pipeline(tenant, PipelineName(pipeline))).name if pipeline else None
        return await self._engine.list_jobs(
            tenant, name, states=states, now=self._clock.now(), after=after, jobs_max=size
        )
