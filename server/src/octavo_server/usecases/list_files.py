"""List the files of a pipeline that a query finds."""

from collections.abc import Collection
from dataclasses import dataclass

from octavo_server.domain.ids import TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.pipelines import asked_name
from octavo_server.domain.queries import EVERY_FILE, FileQuery
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import JobPage, Position
from octavo_server.usecases.paging import LISTS


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page, and the terms that fit no file at all; only the first page knows them."""

    page: JobPage
    unmatched: FileQuery = EVERY_FILE


class ListFiles:
    """Lists files."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(
        self,
        tenant: TenantId,
        pipeline: str,
        query: FileQuery,
        *,
        states: Collection[JobState],
        oldest_first: bool,
        page_size: int,
        after: Position | None,
    ) -> FilePage:
        """One page, in order of acceptance. Raises InvalidArgumentError, NotFoundError."""
        size = LISTS.chosen(page_size)
        name = (await self._engine.get_pipeline(tenant, asked_name(pipeline))).name
        now = self._clock.now()
        page = await self._engine.list_files(
            tenant, name, query, states=states, now=now, after=after, jobs_max=size, oldest_first=oldest_first
        )
        if after is not None or not query.has_terms:
            return FilePage(page)
        return FilePage(page, await self._engine.unmatched(tenant, name, query, states=states, now=now))
