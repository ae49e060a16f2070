"""The engine: holds jobs durably, and hands them to workers.

Written so that one machine's SQLite and many machines' NATS JetStream can both stand behind it: coarse operations,
each atomic, compare-and-set by revision, a feed of changes by revision, leases. No transactions, no acknowledgements,
no ordering across jobs other than that of revisions.
"""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from octavo_server.domain.contents import Slot
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, Progress
from octavo_server.domain.pipelines import Pipeline
from octavo_server.ports.listings import KeywordEntry, Listings


class StaleError(Exception):
    """The job changed, or was removed, since it was read; or the lease is not held any more. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal leaves to do: blobs that nothing refers to any more."""

    request_ids: tuple[RequestId, ...] = ()
    blob_keys: tuple[BlobKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """`job` as recorded. `deduplicated`: its idempotency key was known, and it is the job of back then.

    `removed`: expired jobs that had its path or its key and made room for it.
    """

    job: Job
    deduplicated: bool
    removed: Removed = Removed()


@dataclass(frozen=True, slots=True)
class Refiled:
    """`job` as recorded, and what expired jobs that made room for its path leave to do."""

    job: Job
    removed: Removed = Removed()


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a job's current module, for `lease_seconds`, unless extended. `job` is as of the claim."""

    job: Job
    token: int


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A durable change: what `job` is now. Its number is `job.revision`."""

    job: Job


@dataclass(frozen=True, slots=True)
class JobRemoved:
    """A job was deleted or has expired."""

    request_id: RequestId
    revision: Revision
    tenant: TenantId
    pipeline: PipelineName


@dataclass(frozen=True, slots=True)
class JobProgressed:
    """A running module got further. Not durable, no revision."""

    request_id: RequestId
    progress: Progress


Durable = JobChanged | JobRemoved
Change = Durable | JobProgressed


class Engine(Listings, Protocol):
    """Holds jobs durably, and hands them to workers.

    "Durable" means: on return it survives a kill -9 and a power cut. Any method may raise UnavailableError, while
    the engine closes or if its storage can't be read or written (STORAGE_FAILED). Those that record something may
    raise ResourceExhaustedError (DISK_FULL). Whoever hears one of the two of a call that records something can't
    know that nothing was recorded.
    """

    # Jobs

    async def accept(self, job: Job, inline: bytes | None) -> Accepted:
        """Record a new PENDING job, durable on return, and make it claimable. Its revision is the engine's.

        `inline`: the document's bytes, if and only if `job.document.blob_key` is None.
        Raises AlreadyExistsError (the path is taken in this pipeline, PATH_TAKEN; the idempotency key was used with
        another fingerprint, IDEMPOTENCY_KEY_REUSED), NotFoundError (the pipeline is gone), StaleError (the pipeline
        has another chain by now), ResourceExhaustedError (QUEUE_FULL: approximately `queue_jobs_max` jobs are
        unfinished; several servers may go over it by what they accept at the same time).
        A known idempotency key with the same fingerprint records nothing and is never refused.
        A job that has expired by `job.create_time` is as if it had never been: if it has the path or the key, it is
        removed with the acceptance, and told in `Accepted.removed`.
        """

    async def find_accepted(self, tenant: TenantId, pipeline: PipelineName, idempotency_key: str) -> Job | None:
        """The job that was accepted in this pipeline with this key, unless it has expired."""

    async def get(self, tenant: TenantId, request_id: RequestId) -> Job:
        """The latest durable state. Raises NotFoundError."""

    async def get_by_file(self, tenant: TenantId, file_id: FileId) -> Job:
        """The job of a file. Raises NotFoundError."""

    async def inline(self, request_id: RequestId, slot: Slot) -> bytes:
        """The bytes of a content whose `blob_key` is None. Raises NotFoundError."""

    async def update(self, job: Job) -> Job:
        """Record `job` in place of the revision it carries, durable on return, with a new revision.

        For changes that no lease covers (cancel, retry); not for metadata. A job that was final and is not any more is
        claimable. Raises StaleError, ResourceExhaustedError (QUEUE_FULL; only for such a job).
        """

    async def refile(self, job: Job) -> Refiled:
        """Record `job`, whose file metadata or time to expire changed, in place of the revision it carries, durable on
        return, with a new revision. A lease goes on.

        Raises StaleError, AlreadyExistsError (PATH_TAKEN). An expired job that has the path makes room, as in `accept`.
        """

    # Work

    async def claim(self) -> Lease:
        """Wait for a claimable job (not final, no lease, not delayed) and lease it.

        Prefers a higher priority, then the older job; across servers there is no total order. A cancelled call loses
        no job.
        """

    async def extend(self, lease: Lease) -> None:
        """Hold the lease for another `lease_seconds`. Raises StaleError."""

    async def record(self, lease: Lease, job: Job, inline: bytes | None = None) -> Job:
        """Record `job` in place of the revision it carries, durable on return, with a new revision.

        `inline`: the bytes of the output that this change adds, if it adds one whose blob_key is None.
        The lease goes on while the current module is RUNNING; otherwise it ends, and the job is claimable again
        unless final. Raises StaleError, also if `lease` is no longer the job's lease: a worker that lost its lease
        can record nothing.
        """

    async def release(self, lease: Lease, *, delay_seconds: float = 0.0) -> None:
        """Give the lease back without a change; the job is claimable again after the delay. Never raises StaleError."""

    async def index(self, lease: Lease, entries: Sequence[KeywordEntry], *, is_first: bool) -> None:
        """Keep entries of the leased job's search index, durable on return; found by `search` once the job succeeded.

        Called for one part after the other, each lemma once, some thousand entries at a time. `is_first` forgets what
        an earlier attempt left. What belongs to a removed job is never found; its space is given back bit by bit.
        Raises StaleError if the lease is lost or the job is gone.
        """

    def report(self, lease: Lease, progress: Progress) -> None:
        """Tell the feed how far the module is. Best effort, returns at once."""

    # The feed

    async def position(self) -> Revision:
        """The revision of the latest durable change, 0 if there was none."""

    def changes(self, after: Revision) -> AsyncGenerator[Change, None]:
        """Every job changed or removed after `after` (each once, as it is now), then every change as it becomes
        durable, in order of revision. Ends when the engine closes. Removals are replayed for at least an hour.

        A reader that falls far behind gets each job's latest state instead of every state in between.
        Raises UnavailableError (STORAGE_FAILED) if the record can't be read: read again from the last revision.
        """

    async def changes_in(
        self, tenant: TenantId, pipeline: PipelineName, after: Revision, *, changes_max: int
    ) -> Sequence[Durable]:
        """At most so many jobs of a pipeline that were changed (as they are now) or removed after a revision, in order
        of revision. Removals are told for at least an hour. Sees all that the feed has told.
        """

    # Removal

    async def remove(self, tenant: TenantId, request_ids: Collection[RequestId]) -> Removed:
        """Remove these jobs, their contents and their traces, durable on return. Unknown ids are passed over."""

    async def expire(self, now: Instant, *, jobs_max: int) -> Removed:
        """Remove some of the jobs whose time has come, of all tenants: at most `jobs_max`, and fewer where so many
        would hold up others; none only if none is left.
        """

    async def jobs_of(self, tenant: TenantId, pipeline: PipelineName, *, jobs_max: int) -> Sequence[RequestId]:
        """At most `jobs_max` jobs of a pipeline, in no particular order."""

    async def known_blobs(self, keys: Collection[BlobKey]) -> set[BlobKey]:
        """Those of `keys` that a job refers to."""

    # Pipelines

    async def put_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """Record a pipeline, durable on return; returns what is on record then.

        The same chain is no change. Another chain replaces it, unless a job is on record under the name:
        AlreadyExistsError (PIPELINE_NAME_TAKEN). A new one beyond PIPELINES_MAX of its tenant: QuotaExceededError
        (PIPELINES_FULL).
        """

    async def get_pipeline(self, tenant: TenantId, name: PipelineName) -> Pipeline:
        """Raises NotFoundError."""

    async def delete_pipeline(self, tenant: TenantId, name: PipelineName) -> None:
        """Forget a pipeline, durable on return. Raises NotFoundError, FailedPreconditionError (PIPELINE_NOT_EMPTY)."""

    async def list_pipelines(self, tenant: TenantId, *, after: str, pipelines_max: int) -> Sequence[Pipeline]:
        """At most `pipelines_max` pipelines whose names sort after `after`, by name."""

    async def close(self) -> None:
        """Finish what was begun, end the feeds, let go of everything. Idempotent."""
