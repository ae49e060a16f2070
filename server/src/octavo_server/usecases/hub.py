"""The watchers of this process. The hub follows the engine's feed and rings; the durable record is the truth.

It carries no states, so it can lose none: a slow watcher costs one slot a job, never a growing queue.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from octavo_server.domain.errors import ResourceExhaustedError, UnavailableError
from octavo_server.domain.ids import RequestId, Revision
from octavo_server.domain.jobs import Progress
from octavo_server.ports.engine import Engine, JobChanged, JobProgressed, JobRemoved

WATCHERS_RETRY_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class Subscription:
    """One watcher's bell, and which of its jobs it has to look at again."""

    bell: asyncio.Event = field(default_factory=asyncio.Event)
    dirty: set[RequestId] = field(default_factory=set)

    def take(self) -> set[RequestId]:
        """The jobs to look at. Cleared before they are read: what changes during the read rings again."""
        self.bell.clear()
        dirty, self.dirty = self.dirty, set()
        return dirty


class WatchHub:
    """Rings the watchers of a job when it changes."""

    def __init__(self, *, engine: Engine, watchers_max: int) -> None:
        self._engine = engine
        self._watchers_max = watchers_max
        self._watchers: dict[RequestId, set[Subscription]] = {}
        self._count = 0
        self._progress: dict[RequestId, Progress] = {}
        self._closing = False
        self.position = Revision(0)
        """Every change up to this revision has rung. Set once, before the first watch, to where the engine is."""

    @contextmanager
    def subscribe(self, request_ids: Collection[RequestId]) -> Iterator[Subscription]:
        """A bell for these jobs, while the context lasts.

        Raises ResourceExhaustedError if there are `watchers_max` already, UnavailableError while closing.
        """
        self.check_open()
        if self._count >= self._watchers_max:
            raise ResourceExhaustedError(
                f"{self._watchers_max} watches are open, the most this server holds: watch several jobs in one stream",
                reason="WATCHERS_FULL",
                retry_seconds=WATCHERS_RETRY_SECONDS,
            )
        self._count += 1
        try:
            with self.observe(request_ids) as subscription:
                yield subscription
        finally:
            self._count -= 1

    @contextmanager
    def observe(self, request_ids: Collection[RequestId]) -> Iterator[Subscription]:
        """The same for the server's own use: not counted, and not ended by `close`."""
        subscription = Subscription()
        for request_id in request_ids:
            self._watchers.setdefault(request_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            for request_id in request_ids:
                self._forget(request_id, subscription)

    def progress_of(self, request_id: RequestId) -> Progress | None:
        """How far the job's running module is, if it told."""
        return self._progress.get(request_id)

    def check_open(self) -> None:
        """Raises UnavailableError once the hub is closing."""
        if self._closing:
            raise UnavailableError("this server is stopping: watch again with the last resume_token")

    def close(self) -> None:
        """End every watch now. Call before the gRPC server stops, which waits for open streams."""
        self._closing = True
        for request_id in self._watchers:
            self._ring(request_id)

    async def follow(self) -> None:
        """Follow the feed from `position` on until the engine closes."""
        async with aclosing(self._engine.changes(self.position)) as changes:
            async for change in changes:
                match change:
                    case JobChanged(job):
                        self._progress.pop(job.request_id, None)
                        self._ring(job.request_id)
                        self.position = job.revision
                    case JobRemoved(request_id, revision):
                        self._progress.pop(request_id, None)
                        self._ring(request_id)
                        self.position = revision
                    case JobProgressed(request_id, progress):
                        self._progress[request_id] = progress
                        self._ring(request_id)

    def _ring(self, request_id: RequestId) -> None:
        for subscription in self._watchers.get(request_id, ()):
            subscription.dirty.add(request_id)
            subscription.bell.set()

    def _forget(self, request_id: RequestId, subscription: Subscription) -> None:
        watchers = self._watchers[request_id]
        watchers.discard(subscription)
        if not watchers:
            del self._watchers[request_id]
