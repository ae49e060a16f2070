"""The engine's half for those who look: each question goes to the reader."""

from collections.abc import Collection, Sequence

from octavo_server.domain.ids import Instant, PipelineName, Revision, TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.domain.terms import DirectoryTerm
from octavo_server.engines.sqlite import jobs, listed
from octavo_server.engines.sqlite.reading import Reader
from octavo_server.engines.sqlite.search import Search
from octavo_server.engines.sqlite.unmatched import unmatched
from octavo_server.ports.engine import Durable
from octavo_server.ports.listings import JobPage, Position, SearchPage, TreePage


class SqliteListings:
    """What is asked about many jobs at once."""

    def __init__(self, *, reader: Reader, looked_at_max: int) -> None:
        self._reader = reader
        self.looked_at_max = looked_at_max
        """How many jobs a call looks at, at most."""

    async def list_files(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        query: FileQuery,
        *,
        states: Collection[JobState],
        now: Instant,
        after: Position | None,
        jobs_max: int,
        oldest_first: bool = False,
    ) -> JobPage:
        """See ports.listings."""
        return await self._reader.ask(
            lambda snapshot: listed.list_files(
                snapshot,
                tenant,
                pipeline,
                query,
                states=states,
                now=now,
                after=after,
                jobs_max=jobs_max,
                oldest_first=oldest_first,
                looked_at_max=self.looked_at_max,
            )
        )

    async def unmatched(
        self, tenant: TenantId, pipeline: PipelineName, query: FileQuery, *, states: Collection[JobState], now: Instant
    ) -> FileQuery:
        """See ports.listings."""
        return await self._reader.ask(
            lambda snapshot: unmatched(
                snapshot, tenant, pipeline, query, states=states, now=now, looked_at_max=self.looked_at_max
            )
        )

    async def list_jobs(
        self,
        tenant: TenantId,
        pipeline: PipelineName | None,
        *,
        states: Collection[JobState],
        now: Instant,
        after: Position | None,
        jobs_max: int,
    ) -> JobPage:
        """See ports.listings."""
        return await self._reader.ask(
            lambda snapshot: listed.list_jobs(
                snapshot,
                tenant,
                pipeline,
                states=states,
                now=now,
                after=after,
                jobs_max=jobs_max,
                looked_at_max=self.looked_at_max,
            )
        )

    async def tree(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        directory: DirectoryTerm,
        *,
        states: Collection[JobState],
        now: Instant,
        after: str,
        files_max: int,
    ) -> TreePage:
        """See ports.listings."""
        return await self._reader.ask(
            lambda snapshot: listed.draw(
                snapshot,
                tenant,
                pipeline,
                directory,
                states=states,
                now=now,
                after=after,
                files_max=files_max,
                looked_at_max=self.looked_at_max,
            )
        )

    async def search(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        lemmas: Collection[str],
        query: FileQuery,
        *,
        now: Instant,
        after: Position | None,
        files_max: int,
        oldest_first: bool = False,
    ) -> SearchPage:
        """See ports.listings."""
        return await self._reader.ask(
            lambda snapshot: Search(
                snapshot=snapshot,
                tenant=tenant,
                pipeline=pipeline,
                lemmas=list(dict.fromkeys(lemmas)),
                query=query,
                now=now,
                oldest_first=oldest_first,
                looked_at_max=self.looked_at_max,
            ).page(after, files_max)
        )

    async def changes_in(
        self, tenant: TenantId, pipeline: PipelineName, after: Revision, *, changes_max: int
    ) -> Sequence[Durable]:
        """See ports.engine."""
        return await self._reader.ask(lambda snapshot: jobs.changes_in(snapshot, tenant, pipeline, after, changes_max))
