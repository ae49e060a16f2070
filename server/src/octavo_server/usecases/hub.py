"""The watchers of this process. The hub follows the engine's feed and rings; the durable record is the truth.

It carries no states, so it can lose none: a slow watcher costs one slot a job, never a growing queue.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from typing import NamedTuple

from octavo_server.domain.errors import ResourceExhaustedError, UnavailableError
from octavo_server.domain.ids import PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, JobState, ModuleState, Progress
from octavo_server.ports.engine import Change, Engine, JobChanged, JobProgressed, JobRemoved
from octavo_server.usecases.bells import Bells, Subscription

WATCHERS_RETRY_SECONDS = 5.0

PipelineKey = tuple[TenantId, PipelineName]


class Advice(NamedTuple):
    """What those can do who are turned away."""

    full: str
    stopping: str


WATCH = Advice(full="watch several jobs in one stream", stopping="watch again with the last resume_token")
LONG_POLL = Advice(full="ask without `wait`, or watch several jobs in one stream", stopping="ask again")


class WatchHub:
    """Rings the watchers of a job, and those of its pipeline, when it changes."""

    def __init__(self, *, engine: Engine, watchers_max: int) -> None:
        self._engine = engine
        self._watchers_max = watchers_max
        self._of_jobs = Bells[RequestId]()
        self._of_pipelines = Bells[PipelineKey]()
        self._count = 0
        self._progress: dict[RequestId, Progress] = {}
        self._running: dict[RequestId, PipelineKey] = {}
        """Where jobs belong whose modules run: a report of progress does not say."""
        self._closing = False
        self.position = Revision(0)
        """Every change up to this revision has rung. Set once, before the first watch, to where the engine is."""

    @contextmanager
    def subscribe(self, request_ids: Collection[RequestId], advice: Advice = WATCH) -> Iterator[Subscription]:
        """A bell for these jobs, while the context lasts. Who gets none is given `advice`.

        Raises ResourceExhaustedError if there are `watchers_max` already, UnavailableError while closing.
        """
        with self._admitted(advice), self.observe(request_ids) as subscription:
            yield subscription

    @contextmanager
    def subscribe_pipeline(self, tenant: TenantId, pipeline: PipelineName) -> Iterator[Subscription]:
        """A bell for all jobs of a pipeline: `has_news` when one changed or went, `dirty` those that got further.

        Raises as `subscribe`.
        """
        with self._admitted(WATCH), self._of_pipelines.hung([(tenant, pipeline)]) as subscription:
            yield subscription

    def observe(self, request_ids: Collection[RequestId]) -> AbstractContextManager[Subscription]:
        """Like `subscribe`, for the server's own use: not counted, and not ended by `close`."""
        return self._of_jobs.hung(request_ids)

    def progress_of(self, request_id: RequestId) -> Progress | None:
        """How far the job's running module is, if it told."""
        return self._progress.get(request_id)

    def ring_pipeline(self, tenant: TenantId, pipeline: PipelineName) -> None:
        """The pipeline itself changed: its watchers have to look at it."""
        self._of_pipelines.ring((tenant, pipeline), None)

    def check_open(self, advice: Advice = WATCH) -> None:
        """Raises UnavailableError once the hub is closing."""
        if self._closing:
            raise UnavailableError(f"this server is stopping: {advice.stopping}")

    def close(self) -> None:
        """End every watch now. Call before the gRPC server stops, which waits for open streams."""
        self._closing = True
        self._of_jobs.ring_all()
        self._of_pipelines.ring_all()

    async def follow(self) -> None:
        """Follow the feed from `position` on until the engine closes."""
        async with aclosing(self._engine.changes(self.position)) as changes:
            async for change in changes:
                self._tell(change)

    def _tell(self, change: Change) -> None:
        match change:
            case JobChanged(job):
                self._progress.pop(job.request_id, None)
                self._note(job)
                self._ring(job.request_id, (job.tenant, job.pipeline))
                self.position = job.revision
            case JobRemoved(request_id, revision, tenant, pipeline):
                self._progress.pop(request_id, None)
                self._running.pop(request_id, None)
                self._ring(request_id, (tenant, pipeline))
                self.position = revision
            case JobProgressed(request_id, progress):
                self._progress[request_id] = progress
                self._of_jobs.ring(request_id, request_id)
                key = self._running.get(request_id)
                if key is not None:
                    self._of_pipelines.ring(key, request_id)

    def _note(self, job: Job) -> None:
        if job.state is JobState.RUNNING and any(run.state is ModuleState.RUNNING for run in job.runs):
            self._running[job.request_id] = (job.tenant, job.pipeline)
        else:
            self._running.pop(job.request_id, None)

    def _ring(self, request_id: RequestId, key: PipelineKey) -> None:
        self._of_jobs.ring(request_id, request_id)
        self._of_pipelines.ring(key, None)

    @contextmanager
    def _admitted(self, advice: Advice) -> Iterator[None]:
        self.check_open(advice)
        if self._count >= self._watchers_max:
            raise ResourceExhaustedError(
                f"watches and long polls: this server holds {self._watchers_max} at most, and so many are open: "
                f"{advice.full}",
                reason="WATCHERS_FULL",
                retry_seconds=WATCHERS_RETRY_SECONDS,
            )
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
