"""The engine's face on the event loop: what lives in memory is answered here, the rest by the owned thread."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from octavo_server.domain.contents import Slot
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, Progress
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines.codec import encode_job
from octavo_server.engines.feed import Feed
from octavo_server.engines.outputs import latest_output
from octavo_server.engines.queue import NO_LEASE, JobQueue, Ticket
from octavo_server.engines.refusals import closed
from octavo_server.engines.sqlite import jobs, keywords, pipelines, removal
from octavo_server.engines.sqlite.cache import LatestCache
from octavo_server.engines.sqlite.data_dir import DataDirError, DataDirLock
from octavo_server.engines.sqlite.expiry import Expiry
from octavo_server.engines.sqlite.group_commit import GroupCommit
from octavo_server.engines.sqlite.listings import SqliteListings
from octavo_server.engines.sqlite.operations import Acceptance
from octavo_server.engines.sqlite.reading import Reader
from octavo_server.engines.sqlite.refiling import Refiling, refile
from octavo_server.engines.sqlite.schema import open_database
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Accepted, Change, JobChanged, JobProgressed, Lease, Refiled, Removed, StaleError
from octavo_server.ports.listings import LOOKED_AT_MAX, KeywordEntry

PIPELINES_CACHED_MAX = 1_000

T = TypeVar("T")


class SqliteEngine(SqliteListings):
    """Holds jobs in one SQLite database. What is in memory (cache, queue, feed) follows the commits, never leads."""

    def __init__(
        self,
        *,
        clock: Clock,
        lock: DataDirLock,
        thread: GroupCommit,
        reader: Reader,
        lease_seconds: float,
        queue_jobs_max: int,
        jobs_cached_max: int,
        looked_at_max: int,
    ) -> None:
        """Use `open`."""
        super().__init__(reader=reader, looked_at_max=looked_at_max)
        self._clock = clock
        self._lock = lock
        self._thread = thread
        self._queue_jobs_max = queue_jobs_max
        self._queue = JobQueue(lease_seconds=lease_seconds)
        self._feed = Feed(Revision(0))
        self._jobs: LatestCache[RequestId, Job] = LatestCache(jobs_cached_max)
        self._pipelines: LatestCache[tuple[TenantId, PipelineName], Pipeline] = LatestCache(PIPELINES_CACHED_MAX)
        self._expiry = Expiry()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        *,
        clock: Clock,
        lease_seconds: float = 30.0,
        queue_jobs_max: int = 100_000,
        jobs_cached_max: int = 10_000,
        looked_at_max: int = LOOKED_AT_MAX,
    ) -> Self:
        """The engine on the database in `data_dir`, which is made if it is not there. Unfinished jobs are claimable.

        Raises DataDirError: another server uses the folder, a later version wrote it, or it can't be written.
        """
        lock = await asyncio.to_thread(DataDirLock, data_dir)
        try:
            thread = GroupCommit(queue_jobs_max=queue_jobs_max)
            await thread.start(lambda: Tables(open_database(data_dir)))
            reader = await _reader(data_dir, thread)
        except BaseException:
            lock.release()
            raise
        engine = cls(
            clock=clock,
            lock=lock,
            thread=thread,
            reader=reader,
            lease_seconds=lease_seconds,
            queue_jobs_max=queue_jobs_max,
            jobs_cached_max=jobs_cached_max,
            looked_at_max=looked_at_max,
        )
        await engine._recall()
        return engine

    # Jobs

    async def accept(self, job: Job, inline: bytes | None) -> Accepted:
        """See ports.engine."""
        assert (inline is None) == (job.document.blob_key is not None), job.document
        return await self._thread.submit(Acceptance(job, encode_job(job), inline, self._accepted, self._removed))

    async def find_accepted(self, tenant: TenantId, pipeline: PipelineName, idempotency_key: str) -> Job | None:
        """See ports.engine."""
        now = self._clock.now()
        return await self._thread.run(
            lambda tables: jobs.accepted_with_key(tables, tenant, pipeline, idempotency_key, now)
        )

    async def get(self, tenant: TenantId, request_id: RequestId) -> Job:
        """See ports.engine."""
        self._check_open()
        job = self._jobs.get(request_id) or await self._read(request_id)
        if job is None or job.tenant != tenant:
            raise NotFoundError("job", request_id)
        return job

    async def get_by_file(self, tenant: TenantId, file_id: FileId) -> Job:
        """See ports.engine."""
        job = await self._thread.run(lambda tables: jobs.find_by_file(tables, file_id))
        if job is None or job.tenant != tenant:
            raise NotFoundError("file", file_id)
        return job

    async def inline(self, request_id: RequestId, slot: Slot) -> bytes:
        """See ports.engine."""
        return await self._thread.run(lambda tables: jobs.content(tables, request_id, slot))

    async def update(self, job: Job) -> Job:
        """See ports.engine."""
        return await self._change(job, token=NO_LEASE, inline=None)

    async def refile(self, job: Job) -> Refiled:
        """See ports.engine."""
        body, now = encode_job(job), self._clock.now()
        done = await self._thread.run(lambda tables: refile(tables, job, body, now), self._refiled)
        return Refiled(done.job, done.removal.removed)

    # Work

    async def claim(self) -> Lease:
        """See ports.engine."""
        while True:
            ticket = await self._queue.claim()
            try:
                job = self._jobs.get(ticket.request_id) or await self._read(ticket.request_id)
            except BaseException:
                self._queue.release(ticket)
                raise
            # While it was read, it may have ended, or been removed.
            if job and self._queue.holds(ticket):
                return Lease(job, ticket.token)

    async def extend(self, lease: Lease) -> None:
        """See ports.engine."""
        self._check_open()
        if not self._queue.extend(_ticket(lease)):
            raise StaleError

    async def record(self, lease: Lease, job: Job, inline: bytes | None = None) -> Job:
        """See ports.engine."""
        if not self._queue.holds(_ticket(lease)):
            self._check_open()
            raise StaleError
        return await self._change(job, token=lease.token, inline=inline)

    async def release(self, lease: Lease, *, delay_seconds: float = 0.0) -> None:
        """See ports.engine."""
        self._queue.release(_ticket(lease), delay_seconds=delay_seconds)

    async def index(self, lease: Lease, entries: Sequence[KeywordEntry], *, is_first: bool) -> None:
        """See ports.engine."""
        for part in keywords.parts(entries):
            self._check_open()
            if not self._queue.holds(_ticket(lease)):
                raise StaleError
            add = partial(keywords.add, request_id=lease.job.request_id, entries=part, is_first=is_first)
            await self._thread.run(add)
            is_first = False

    def report(self, lease: Lease, progress: Progress) -> None:
        """See ports.engine."""
        if self._queue.holds(_ticket(lease)):
            self._feed.publish_progress(JobProgressed(lease.job.request_id, progress))

    # The feed

    async def position(self) -> Revision:
        """See ports.engine."""
        self._check_open()
        return self._feed.position

    def changes(self, after: Revision) -> AsyncGenerator[Change, None]:
        """See ports.engine."""
        return self._feed.read(
            after, lambda since, most: self._thread.run(lambda tables: jobs.changed_after(tables, since, most))
        )

    # Removal

    async def remove(self, tenant: TenantId, request_ids: Collection[RequestId]) -> Removed:
        """See ports.engine."""
        now = self._clock.now()
        return await self._remove(lambda tables: removal.remove(tables, tenant, request_ids, now))

    async def expire(self, now: Instant, *, jobs_max: int) -> Removed:
        """See ports.engine. As many as take a short time, in a moment when nobody else waits."""
        done = await self._thread.run_patiently(self._expiry.chore(now, jobs_max, self._removed))
        return done.removed

    async def jobs_of(self, tenant: TenantId, pipeline: PipelineName, *, jobs_max: int) -> Sequence[RequestId]:
        """See ports.engine."""
        return await self._thread.run(lambda tables: jobs.jobs_of(tables, tenant, pipeline, jobs_max))

    async def known_blobs(self, keys: Collection[BlobKey]) -> set[BlobKey]:
        """See ports.engine."""
        return await self._thread.run(lambda tables: jobs.known_blobs(tables, keys))

    # Pipelines

    async def put_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """See ports.engine."""
        return await self._thread.run(lambda tables: pipelines.put(tables, pipeline), self._remember)

    async def get_pipeline(self, tenant: TenantId, name: PipelineName) -> Pipeline:
        """See ports.engine."""
        self._check_open()
        known = self._pipelines.get((tenant, name))
        if known:
            return known
        return await self._thread.run(lambda tables: pipelines.get(tables, tenant, name), self._remember)

    async def delete_pipeline(self, tenant: TenantId, name: PipelineName) -> None:
        """See ports.engine."""
        await self._thread.run(
            lambda tables: pipelines.delete(tables, tenant, name),
            lambda _: self._pipelines.forget((tenant, name)),
        )

    async def list_pipelines(self, tenant: TenantId, *, after: str, pipelines_max: int) -> Sequence[Pipeline]:
        """See ports.engine."""
        return await self._thread.run(lambda tables: pipelines.listed(tables, tenant, after, pipelines_max))

    async def close(self) -> None:
        """See ports.engine."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close sqlite engine")
        # Whoever gives up waiting does not stop it.
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._queue.close()
        self._feed.begin_closing()
        # Before the thread: the last to let go of the database empties its log, and only the thread can.
        await self._reader.close()
        await self._thread.close()
        self._feed.close()
        self._lock.release()

    async def _recall(self) -> None:
        """Take from the database what must be in memory: the position, and which jobs are unfinished."""
        position, places = await self._thread.run(
            lambda tables: (Revision(tables.last_revision), tables.all(SQL["unfinished"]))
        )
        self._feed.position = position
        self._queue.fill(places)

    async def _read(self, request_id: RequestId) -> Job | None:
        # Through the one thread, in order with the changes: an old state never takes the place of a newer one.
        return await self._thread.run(lambda tables: jobs.find(tables, request_id), self._keep)

    async def _change(self, job: Job, *, token: int, inline: bytes | None) -> Job:
        body, slot = encode_job(job), latest_output(job)
        return await self._thread.run(
            lambda tables: jobs.change(
                tables, job, body, slot=slot, inline=inline, queue_jobs_max=self._queue_jobs_max
            ),
            lambda changed: self._changed(changed, token),
        )

    async def _remove(self, work: Callable[[Tables], removal.Removal]) -> Removed:
        done = await self._thread.run(work, self._removed)
        return done.removed

    # What follows a commit, on the loop

    def _accepted(self, accepted: Accepted) -> None:
        if not accepted.deduplicated:
            self._changed(accepted.job, NO_LEASE)

    def _changed(self, job: Job, token: int) -> None:
        self._jobs.put(job.request_id, job)
        self._queue.changed(job, token)
        self._feed.publish(JobChanged(job))

    def _refiled(self, done: Refiling) -> None:
        self._removed(done.removal)
        # The queue is not told: lease and place stay.
        self._jobs.put(done.job.request_id, done.job)
        self._feed.publish(JobChanged(done.job))

    def _removed(self, done: removal.Removal) -> None:
        for change in done.changes:
            self._jobs.forget(change.request_id)
            self._queue.removed(change.request_id)
            self._feed.publish(change)

    def _keep(self, job: Job | None) -> None:
        if job:
            self._jobs.put(job.request_id, job)

    def _remember(self, pipeline: Pipeline) -> None:
        self._pipelines.put((pipeline.tenant, pipeline.name), pipeline)

    def _check_open(self) -> None:
        if self._closing is not None:
            raise closed()


async def _reader(data_dir: Path, thread: GroupCommit) -> Reader:
    try:
        return await Reader.open(data_dir)
    except BaseException as error:
        await thread.close()
        if isinstance(error, sqlite3.Error):
            raise DataDirError(f"{data_dir} can't be read ({error}): check the disk") from error
        raise


def _ticket(lease: Lease) -> Ticket:
    return Ticket(lease.job.request_id, lease.token)
