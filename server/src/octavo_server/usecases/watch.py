"""Stream the status of jobs: full snapshots, the final one never missed, resumable by token."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from octavo_server.domain.errors import InvalidArgumentError, NotFoundError
from octavo_server.domain.ids import RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, Progress
from octavo_server.ports.engine import Engine
from octavo_server.usecases.bells import Subscription
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.report import Report

REQUEST_IDS_MAX = 1_000
HEARTBEAT_SECONDS_DEFAULT = 15.0
HEARTBEAT_SECONDS_MIN = 1.0
HEARTBEAT_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job as it is now. A watch that resumes after `seen` misses nothing."""

    job: Job
    progress: Progress | None
    seen: Revision | None
    """None: a watch that resumes here has to start from the beginning."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A job expired or was deleted. A watch that resumes after `seen` misses nothing."""

    request_id: RequestId
    seen: Revision


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing new. A watch that resumes after `seen` misses nothing."""

    seen: Revision


@dataclass(slots=True)
class _Watched:
    """What one stream has told about its jobs."""

    open_ids: set[RequestId]
    """The jobs that have not ended, or have not been read yet. One that is retried is open again."""
    seen: Revision
    told: dict[RequestId, tuple[Revision, Progress | None]]
    gone: NotFoundError | None = None


class Watch:
    """Opens watches."""

    def __init__(self, *, engine: Engine, report: Report, hub: WatchHub) -> None:
        self._engine = engine
        self._report = report
        self._hub = hub

    async def __call__(
        self,
        tenant: TenantId,
        request_ids: Sequence[RequestId],
        *,
        after: Revision | None = None,
        heartbeat_seconds: float | None = None,
    ) -> AsyncGenerator[Snapshot | Heartbeat, None]:
        """First every job as it is (with `after`: those that changed since), then every later state, until all are
        final. Raises InvalidArgumentError, also for an `after` that is yet to come; NotFoundError if a job is unknown,
        or expires or is deleted before its end; UnavailableError when the server stops.
        """
        interval = valid_interval(heartbeat_seconds)
        if not 1 <= len(request_ids) <= REQUEST_IDS_MAX:
            raise InvalidArgumentError(
                "request_ids", f"must be 1 to {REQUEST_IDS_MAX} ids; these are {len(request_ids)}"
            )
        await check_seen(self._engine, after)
        with self._hub.subscribe(set(request_ids)) as subscription:
            watched = _Watched(set(request_ids), after or Revision(0), {})
            subscription.dirty.update(request_ids)
            while True:
                # Noted before reading: whatever rang up to here is in what is read now.
                position = self._hub.position
                for snapshot in await self._read(tenant, subscription, watched, position):
                    yield snapshot
                if watched.gone:
                    # Only now: what ended in the same moment has been told.
                    raise watched.gone
                watched.seen = max(watched.seen, position)
                if not watched.open_ids:
                    return
                await rung(subscription, interval)
                self._hub.check_open()
                if not subscription.dirty:
                    yield Heartbeat(watched.seen)

    async def _read(
        self, tenant: TenantId, subscription: Subscription, watched: _Watched, position: Revision
    ) -> list[Snapshot]:
        """What is new of the jobs that rang. Only the last one's token covers them all."""
        fresh: list[tuple[Job, Progress | None]] = []
        dirty = subscription.take()
        # Only now: the bell that was just silenced may have been the last.
        self._hub.check_open()
        for request_id in dirty:
            try:
                job, progress = await self._report(tenant, request_id)
            except NotFoundError as gone:
                # Whose end was told may go: that is no news, and its stream waits for others.
                watched.gone = gone if request_id in watched.open_ids else watched.gone
                continue
            if job.state.is_final:
                watched.open_ids.discard(request_id)
            else:
                watched.open_ids.add(request_id)
            is_news = job.revision > watched.seen or request_id in watched.told
            if is_news and watched.told.get(request_id) != (job.revision, progress):
                fresh.append((job, progress))
            watched.told[request_id] = (job.revision, progress)
        fresh.sort(key=lambda one: one[0].revision)
        last = len(fresh) - 1
        return [
            Snapshot(job, progress, max(watched.seen, position) if index == last else watched.seen)
            for index, (job, progress) in enumerate(fresh)
        ]


async def check_seen(engine: Engine, seen: Revision | None) -> None:
    """Raises InvalidArgumentError if this engine has not come so far: whoever says it saw that, saw another."""
    if seen is not None and seen > await engine.position():
        raise InvalidArgumentError(
            "resume_token",
            "is of another server, or of one whose data was replaced: watch again without it",
            reason="RESUME_TOKEN_UNKNOWN",
        )


async def rung(subscription: Subscription, seconds_max: float) -> None:
    """Wait until it rings, or so long. A bare timer: thousands of watchers feel what asyncio.timeout costs."""
    timer = asyncio.get_running_loop().call_later(seconds_max, subscription.bell.set)
    try:
        await subscription.bell.wait()
    finally:
        timer.cancel()


def valid_interval(seconds: float | None) -> float:
    """Seconds between heartbeats, the default if None. Raises InvalidArgumentError."""
    if seconds is None:
        return HEARTBEAT_SECONDS_DEFAULT
    if not HEARTBEAT_SECONDS_MIN <= seconds <= HEARTBEAT_SECONDS_MAX:
        raise InvalidArgumentError(
            "heartbeat_interval",
            f"must be {HEARTBEAT_SECONDS_MIN:g} to {HEARTBEAT_SECONDS_MAX:g} s; {seconds:g} is not",
        )
    return seconds
