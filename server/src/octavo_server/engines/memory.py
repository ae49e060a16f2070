"""The engine without a disk: what the others are measured against, and what tests of use cases run on.

It keeps the port's every promise but durability. No method waits, except `claim` and `changes`, so each is atomic.
"""

from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from octavo_server.domain.contents import Slot
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, Progress
from octavo_server.domain.limits import PIPELINES_MAX
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines import refusals
from octavo_server.engines.feed import Feed, revision_of
from octavo_server.engines.memory_listings import MemoryListings
from octavo_server.engines.outputs import latest_output
from octavo_server.engines.queue import NO_LEASE, JobQueue, Ticket
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import (
    Accepted,
    Change,
    Durable,
    JobChanged,
    JobProgressed,
    JobRemoved,
    Lease,
    Refiled,
    Removed,
    StaleError,
)
from octavo_server.ports.listings import KeywordEntry


class MemoryEngine(MemoryListings):
    """Holds jobs while the process lives, and remembers every removal."""

    def __init__(self, *, clock: Clock, lease_seconds: float = 30.0, queue_jobs_max: int = 100_000) -> None:
        super().__init__()
        self._clock = clock
        self._queue_jobs_max = queue_jobs_max
        self._queue = JobQueue(lease_seconds=lease_seconds)
        self._feed = Feed(Revision(0))
        self._contents: dict[tuple[RequestId, Slot], bytes] = {}
        self._removed: list[JobRemoved] = []
        self._pipelines: dict[tuple[TenantId, PipelineName], Pipeline] = {}

    # Jobs

    async def accept(self, job: Job, inline: bytes | None) -> Accepted:
        """See ports.engine."""
        self._check_open()
        assert (inline is None) == (job.document.blob_key is not None), job.document
        known = self._with_key(job.tenant, job.pipeline, job.idempotency_key, job.create_time)
        if known and known.fingerprint == job.fingerprint:
            return Accepted(known, deduplicated=True)
        if known:
            raise refusals.key_reused(job)
        self._check_fits(job)
        removed = self._remove([other for other in self._rivals(job) if other.has_expired(job.create_time)])
        if inline is not None:
            self._contents[job.request_id, "document"] = inline
        self._positions[job.request_id] = int(self._next_revision())
        return Accepted(self._write(job, NO_LEASE), deduplicated=False, removed=removed)

    async def find_accepted(self, tenant: TenantId, pipeline: PipelineName, idempotency_key: str) -> Job | None:
        """See ports.engine."""
        self._check_open()
        return self._with_key(tenant, pipeline, idempotency_key, self._clock.now())

    async def get(self, tenant: TenantId, request_id: RequestId) -> Job:
        """See ports.engine."""
        self._check_open()
        job = self._jobs.get(request_id)
        if job is None or job.tenant != tenant:
            raise NotFoundError("job", request_id)
        return job

    async def get_by_file(self, tenant: TenantId, file_id: FileId) -> Job:
        """See ports.engine."""
        self._check_open()
        for job in self._jobs.values():
            if job.file.file_id == file_id and job.tenant == tenant:
                return job
        raise NotFoundError("file", file_id)

    async def inline(self, request_id: RequestId, slot: Slot) -> bytes:
        """See ports.engine."""
        self._check_open()
        data = self._contents.get((request_id, slot))
        if data is None:
            raise NotFoundError("job", request_id)
        return data

    async def update(self, job: Job) -> Job:
        """See ports.engine."""
        recorded = self._recorded(job)
        if recorded.state.is_final and not job.state.is_final:
            self._check_room()
        return self._write(job, NO_LEASE)

    async def refile(self, job: Job) -> Refiled:
        """See ports.engine."""
        self._recorded(job)
        rivals = [other for other in self._with_path(job) if other.request_id != job.request_id]
        now = self._clock.now()
        if not all(other.has_expired(now) for other in rivals):
            raise refusals.path_taken(job)
        removed = self._remove(rivals)
        # The queue is not told: lease and place stay.
        return Refiled(self._keep(job), removed)

    # Work

    async def claim(self) -> Lease:
        """See ports.engine."""
        ticket = await self._queue.claim()
        return Lease(self._jobs[ticket.request_id], ticket.token)

    async def extend(self, lease: Lease) -> None:
        """See ports.engine."""
        self._check_open()
        if not self._queue.extend(_ticket(lease)):
            raise StaleError

    async def record(self, lease: Lease, job: Job, inline: bytes | None = None) -> Job:
        """See ports.engine."""
        self._check_open()
        if not self._queue.holds(_ticket(lease)):
            raise StaleError
        self._recorded(job)
        recorded = self._write(job, lease.token)
        slot = latest_output(job)
        if inline is not None and slot is not None:
            self._contents[job.request_id, slot] = inline
        return recorded

    async def release(self, lease: Lease, *, delay_seconds: float = 0.0) -> None:
        """See ports.engine."""
        self._queue.release(_ticket(lease), delay_seconds=delay_seconds)

    async def index(self, lease: Lease, entries: Sequence[KeywordEntry], *, is_first: bool) -> None:
        """See ports.engine."""
        self._check_open()
        if not self._queue.holds(_ticket(lease)):
            raise StaleError
        if is_first:
            self._keywords.pop(lease.job.request_id, None)
        own = self._keywords.setdefault(lease.job.request_id, {})
        own.update((entry.lemma, entry) for entry in entries)

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
        return self._feed.read(after, self._changed_after)

    async def changes_in(
        self, tenant: TenantId, pipeline: PipelineName, after: Revision, *, changes_max: int
    ) -> Sequence[Durable]:
        """See ports.engine."""
        self._check_open()
        own = (one for one in self._durable() if _home(one) == (tenant, pipeline) and revision_of(one) > after)
        return sorted(own, key=revision_of)[:changes_max]

    # Removal

    async def remove(self, tenant: TenantId, request_ids: Collection[RequestId]) -> Removed:
        """See ports.engine."""
        self._check_open()
        wanted = set(request_ids)
        return self._remove([job for job in self._jobs.values() if job.request_id in wanted and job.tenant == tenant])

    async def expire(self, now: Instant, *, jobs_max: int) -> Removed:
        """See ports.engine."""
        self._check_open()
        expired = sorted((job for job in self._jobs.values() if job.has_expired(now)), key=attrgetter("expire_time"))
        return self._remove(expired[:jobs_max])

    async def jobs_of(self, tenant: TenantId, pipeline: PipelineName, *, jobs_max: int) -> Sequence[RequestId]:
        """See ports.engine."""
        self._check_open()
        return [job.request_id for job in self._of(tenant, pipeline)][:jobs_max]

    async def known_blobs(self, keys: Collection[BlobKey]) -> set[BlobKey]:
        """See ports.engine."""
        self._check_open()
        return {key for job in self._jobs.values() for key in _blobs(job)}.intersection(keys)

    # Pipelines

    async def put_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """See ports.engine."""
        self._check_open()
        recorded = self._pipelines.get((pipeline.tenant, pipeline.name))
        if recorded and recorded.chain == pipeline.chain:
            return recorded
        if recorded and any(self._of(pipeline.tenant, pipeline.name)):
            raise refusals.pipeline_taken(recorded)
        if not recorded and sum(tenant == pipeline.tenant for tenant, _ in self._pipelines) >= PIPELINES_MAX:
            raise refusals.pipelines_full()
        self._pipelines[pipeline.tenant, pipeline.name] = pipeline
        return pipeline

    async def get_pipeline(self, tenant: TenantId, name: PipelineName) -> Pipeline:
        """See ports.engine."""
        self._check_open()
        pipeline = self._pipelines.get((tenant, name))
        if pipeline is None:
            raise NotFoundError("pipeline", name)
        return pipeline

    async def delete_pipeline(self, tenant: TenantId, name: PipelineName) -> None:
        """See ports.engine."""
        await self.get_pipeline(tenant, name)
        if any(self._of(tenant, name)):
            raise refusals.pipeline_not_empty(name)
        del self._pipelines[tenant, name]

    async def list_pipelines(self, tenant: TenantId, *, after: str, pipelines_max: int) -> Sequence[Pipeline]:
        """See ports.engine."""
        self._check_open()
        own = (pipeline for (owner, name), pipeline in self._pipelines.items() if owner == tenant and name > after)
        return sorted(own, key=attrgetter("name"))[:pipelines_max]

    async def close(self) -> None:
        """See ports.engine."""
        self._is_closed = True
        self._queue.close()
        self._feed.close()

    def _check_fits(self, job: Job) -> None:
        pipeline = self._pipelines.get((job.tenant, job.pipeline))
        if pipeline is None:
            raise NotFoundError("pipeline", job.pipeline)
        if pipeline.chain != job.chain:
            raise StaleError
        self._check_room()
        if not all(other.has_expired(job.create_time) for other in self._with_path(job)):
            raise refusals.path_taken(job)
        file_ids = {other.file.file_id for other in self._jobs.values()}
        if job.request_id in self._jobs or job.file.file_id in file_ids:
            raise refusals.id_taken(job)

    def _check_room(self) -> None:
        if len(self._queue) >= self._queue_jobs_max:
            raise refusals.queue_full(self._queue_jobs_max)

    def _with_path(self, job: Job) -> Iterable[Job]:
        return (other for other in self._of(job.tenant, job.pipeline) if other.file.path == job.file.path)

    def _with_key(self, tenant: TenantId, pipeline: PipelineName, key: str, now: Instant) -> Job | None:
        live = (job for job in self._of(tenant, pipeline) if key and not job.has_expired(now))
        return next((job for job in live if job.idempotency_key == key), None)

    def _rivals(self, job: Job) -> Iterable[Job]:
        """The jobs with the path or the key of `job`."""
        for other in self._of(job.tenant, job.pipeline):
            if other.file.path == job.file.path or (job.idempotency_key == other.idempotency_key != ""):
                yield other

    def _of(self, tenant: TenantId, pipeline: PipelineName) -> Iterable[Job]:
        return (job for job in self._jobs.values() if (job.tenant, job.pipeline) == (tenant, pipeline))

    def _recorded(self, job: Job) -> Job:
        self._check_open()
        recorded = self._jobs.get(job.request_id)
        if recorded is None or recorded.revision != job.revision:
            raise StaleError
        return recorded

    def _write(self, job: Job, token: int) -> Job:
        job = self._keep(job)
        self._queue.changed(job, token)
        return job

    def _keep(self, job: Job) -> Job:
        job = replace(job, revision=self._next_revision())
        self._jobs[job.request_id] = job
        self._feed.publish(JobChanged(job))
        return job

    def _remove(self, jobs: Sequence[Job]) -> Removed:
        for job in jobs:
            del self._jobs[job.request_id], self._positions[job.request_id]
            self._keywords.pop(job.request_id, None)
            for key in [key for key in self._contents if key[0] == job.request_id]:
                del self._contents[key]
            self._queue.removed(job.request_id)
            removal = JobRemoved(job.request_id, self._next_revision(), job.tenant, job.pipeline)
            self._removed.append(removal)
            self._feed.publish(removal)
        return Removed(tuple(job.request_id for job in jobs), tuple(key for job in jobs for key in _blobs(job)))

    async def _changed_after(self, after: Revision, changes_max: int) -> Sequence[Durable]:
        self._check_open()
        return sorted((one for one in self._durable() if revision_of(one) > after), key=revision_of)[:changes_max]

    def _durable(self) -> list[Durable]:
        return [*(JobChanged(job) for job in self._jobs.values()), *self._removed]

    def _next_revision(self) -> Revision:
        return Revision(self._feed.position + 1)


def _blobs(job: Job) -> Iterable[BlobKey]:
    contents = (job.document, *(run.output for run in job.runs))
    return (content.blob_key for content in contents if content and content.blob_key)


def _home(change: Durable) -> tuple[TenantId, PipelineName]:
    owner = change.job if isinstance(change, JobChanged) else change
    return owner.tenant, owner.pipeline


def _ticket(lease: Lease) -> Ticket:
    return Ticket(lease.job.request_id, lease.token)
