"""Stream what happens to all jobs of a pipeline. It costs a bell and a revision, however much happens."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, suppress

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import UNFINISHED_STATES, Job
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Durable, Engine, JobRemoved
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.watch import Gone, Heartbeat, Snapshot, check_seen, rung, valid_interval

JOBS_READ_MAX = 50
"""Read at once: what a slow reader holds in memory."""

Event = Snapshot | Gone | Heartbeat


class WatchPipeline:
    """Opens watches of pipelines."""

    def __init__(self, *, engine: Engine, hub: WatchHub, clock: Clock) -> None:
        self._engine = engine
        self._hub = hub
        self._clock = clock

    async def __call__(
        self, tenant: TenantId, pipeline: str, *, after: Revision | None = None, heartbeat_seconds: float | None = None
    ) -> AsyncGenerator[Event, None]:
        """First every job that has not ended, and a heartbeat; with `after`: what changed or went since. Then every
        change, as each job is when it is read. Ends only by an error: InvalidArgumentError, also for an `after` that
        is yet to come; NotFoundError if the pipeline is unknown or is deleted; UnavailableError when the server stops.
        """
        interval = valid_interval(heartbeat_seconds)
        await check_seen(self._engine, after)
        name = (await self._engine.get_pipeline(tenant, PipelineName(pipeline))).name
        with self._hub.subscribe_pipeline(tenant, name) as subscription:
            seen = after
            if seen is None:
                # Noted before reading: what changes from here on is told as a change.
                seen = await self._engine.position()
                async with aclosing(self._unfinished(tenant, name)) as jobs:
                    async for job in jobs:
                        # Who resumes in the middle of the list would miss its rest.
                        yield Snapshot(job, self._hub.progress_of(job.request_id), None)
                yield Heartbeat(seen)
            subscription.has_news = True
            while True:
                position, has_news = self._hub.position, subscription.has_news
                progressed = subscription.take()
                # Only now: the bell that was just silenced may have been the last.
                self._hub.check_open()
                while has_news:
                    changes = await self._changes(tenant, name, seen)
                    for revision, event in changes:
                        seen = revision
                        if isinstance(event, Snapshot):
                            # It tells the progress, too.
                            progressed.discard(event.job.request_id)
                        yield event
                    has_news = len(changes) == JOBS_READ_MAX
                # Whatever rang up to there has been told, or was of other pipelines.
                seen = max(seen, position)
                for snapshot in await self._progress(tenant, progressed, seen):
                    yield snapshot
                await rung(subscription, interval)
                self._hub.check_open()
                if not (subscription.has_news or subscription.dirty):
                    # Another server of the same engine may have deleted it.
                    await self._engine.get_pipeline(tenant, name)
                    yield Heartbeat(seen)

    async def _unfinished(self, tenant: TenantId, pipeline: PipelineName) -> AsyncGenerator[Job, None]:
        """The newest first, so that none is missed: whatever comes meanwhile is a change."""
        after, is_last = None, False
        while not is_last:
            page = await self._engine.list_jobs(
                tenant,
                pipeline,
                states=UNFINISHED_STATES,
                now=self._clock.now(),
                after=after,
                jobs_max=JOBS_READ_MAX,
            )
            for listed in page.jobs:
                yield listed.job
            after, is_last = page.next, page.next is None

    async def _changes(
        self, tenant: TenantId, pipeline: PipelineName, seen: Revision
    ) -> Sequence[tuple[Revision, Snapshot | Gone]]:
        """What changed or went after `seen`, with its revision. Raises NotFoundError if the pipeline went with it."""
        changes = await self._engine.changes_in(tenant, pipeline, seen, changes_max=JOBS_READ_MAX)
        if not changes or isinstance(changes[-1], JobRemoved):
            # Rung for nothing that is on record, or for what a pipeline loses before it goes itself.
            await self._engine.get_pipeline(tenant, pipeline)
        return [self._told(change) for change in changes]

    def _told(self, change: Durable) -> tuple[Revision, Snapshot | Gone]:
        if isinstance(change, JobRemoved):
            return change.revision, Gone(change.request_id, change.revision)
        job = change.job
        return job.revision, Snapshot(job, self._hub.progress_of(job.request_id), job.revision)

    async def _progress(
        self, tenant: TenantId, request_ids: Collection[RequestId], seen: Revision
    ) -> Sequence[Snapshot]:
        """Jobs that only got further. One that changed since, or went, is told as that."""
        further = []
        for request_id in request_ids:
            progress = self._hub.progress_of(request_id)
            with suppress(NotFoundError):
                job = await self._engine.get(tenant, request_id)
                if progress is not None and job.revision <= seen:
                    further.append(Snapshot(job, progress, seen))
        return further
