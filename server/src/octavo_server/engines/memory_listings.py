"""How the engine without a disk answers about many jobs at once: it looks at all of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from octavo_server.domain.ids import Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import EVERY_FILE, FileQuery
from octavo_server.domain.terms import DirectoryTerm
from octavo_server.engines import refusals
from octavo_server.ports.listings import (
    FileHits,
    JobPage,
    KeywordEntry,
    Listed,
    Position,
    SearchPage,
    TreeFile,
    TreePage,
)


class MemoryListings:
    """Half of the engine: what it holds, for those who only look."""

    def __init__(self) -> None:
        self._jobs: dict[RequestId, Job] = {}
        self._positions: dict[RequestId, Position] = {}
        self._keywords: dict[RequestId, dict[str, KeywordEntry]] = {}
        """By job and lemma."""
        self._is_closed = False

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
        self._check_open()
        found = self._found(tenant, pipeline, query, states, now)
        return _page(self._placed(found, after, oldest_first=oldest_first), jobs_max)

    async def unmatched(
        self, tenant: TenantId, pipeline: PipelineName, query: FileQuery, *, states: Collection[JobState], now: Instant
    ) -> FileQuery:
        """See ports.listings."""
        self._check_open()
        files = [job.file for job in self._found(tenant, pipeline, query.without_terms(), states, now)]
        return replace(
            query,
            file_ids=tuple(one for one in query.file_ids if not any(file.file_id == one for file in files)),
            names=tuple(term for term in query.names if not any(term.fits(file.name) for file in files)),
            directories=tuple(
                term for term in query.directories if not any(term.fits(file.directory) for file in files)
            ),
            paths=tuple(term for term in query.paths if not any(map(term.fits, files))),
            tags=tuple(term for term in query.tags if not any(map(term.fits, files))),
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
        self._check_open()
        found = self._found(tenant, pipeline, EVERY_FILE, states, now)
        return _page(self._placed(found, after, oldest_first=False), jobs_max)

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
        self._check_open()
        found = self._found(tenant, pipeline, FileQuery(directories=(directory,)), states, now)
        leaves = sorted(
            (TreeFile(job.file.path, job.file.file_id, job.state) for job in found), key=lambda leaf: leaf.path
        )
        leaves = [leaf for leaf in leaves if leaf.path > after]
        page = tuple(leaves[:files_max])
        return TreePage(page, page[-1].path if len(leaves) > files_max else None)

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
        self._check_open()
        found = self._found(tenant, pipeline, query, [JobState.SUCCEEDED], now)
        hits = (
            FileHits(one.job, one.position, entries)
            for one in self._placed(found, after, oldest_first=oldest_first)
            if (entries := self._entries(one.job.request_id, lemmas))
        )
        page = tuple(islice(hits, files_max))
        return SearchPage(page, page[-1].position if next(hits, None) else None)

    def _check_open(self) -> None:
        if self._is_closed:
            raise refusals.closed()

    def _found(
        self,
        tenant: TenantId,
        pipeline: PipelineName | None,
        query: FileQuery,
        states: Collection[JobState],
        now: Instant,
    ) -> Iterator[Job]:
        for job in self._jobs.values():
            is_own = job.tenant == tenant and pipeline in (None, job.pipeline)
            is_wanted = (not states or job.state in states) and not job.has_expired(now)
            if is_own and is_wanted and query.fits(job.file, job.create_time):
                yield job

    def _placed(self, jobs: Iterable[Job], after: Position | None, *, oldest_first: bool) -> Iterator[Listed]:
        """The jobs behind `after`, in order."""
        placed = sorted(
            (Listed(job, self._positions[job.request_id]) for job in jobs),
            key=lambda one: one.position,
            reverse=not oldest_first,
        )
        for one in placed:
            if after is None or (one.position > after if oldest_first else one.position < after):
                yield one

    def _entries(self, request_id: RequestId, lemmas: Collection[str]) -> tuple[KeywordEntry, ...]:
        own = self._keywords.get(request_id, {})
        return tuple(own[lemma] for lemma in dict.fromkeys(lemmas) if lemma in own)


def _page(found: Iterator[Listed], jobs_max: int) -> JobPage:
    page = tuple(islice(found, jobs_max))
    return JobPage(page, page[-1].position if next(found, None) else None)
