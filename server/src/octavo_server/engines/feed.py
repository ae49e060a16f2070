"""The live half of the change feed, for engines of one process. The other half, replay, is read from the engine.

A reader's memory is bounded: progress takes one slot a job, and a reader that falls too far behind drops what waits
for it and reads it from the engine again, each job as it is then. So no job's latest state is ever lost.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.ids import RequestId, Revision
from octavo_server.ports.engine import Change, Durable, JobChanged, JobProgressed

WAITING_CHANGES_MAX = 10_000
"""A reader with so many changes before it is behind."""

REPLAY_CHANGES_MAX = 500
"""Read from the engine at once, so that a replay holds up no accept for long."""

ReadAfter = Callable[[Revision, int], Awaitable[Sequence[Durable]]]
"""At most so many changes after a revision, in order of revision, each job as it is now."""


def revision_of(change: Durable) -> Revision:
    """The number of a durable change."""
    return change.job.revision if isinstance(change, JobChanged) else change.revision


class _Reader:
    """What waits for one reader."""

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.changes: deque[Durable] = deque()
        self.progress: dict[RequestId, JobProgressed] = {}
        self.is_behind = True
        """Changes up to now have to be read from the engine; also at the start."""

    def add(self, change: Durable) -> None:
        request_id = change.job.request_id if isinstance(change, JobChanged) else change.request_id
        # Progress from before a change says nothing about the job after it.
        self.progress.pop(request_id, None)
        if len(self.changes) >= WAITING_CHANGES_MAX:
            self.changes.clear()
            self.is_behind = True
        self.changes.append(change)
        self.bell.set()

    def add_progress(self, change: JobProgressed) -> None:
        self.progress[change.request_id] = change
        self.bell.set()

    def take(self) -> Change | None:
        """The next change; progress only when no change waits; nothing while the reader is behind."""
        if self.is_behind:
            return None
        if self.changes:
            return self.changes.popleft()
        if self.progress:
            return self.progress.pop(next(iter(self.progress)))
        return None


class Feed:
    """Tells readers of changes that have become durable."""

    def __init__(self, position: Revision) -> None:
        self.position = position
        """The revision of the latest durable change."""
        self._readers: set[_Reader] = set()
        self._is_closing = False
        self._is_closed = False

    def publish(self, change: Durable) -> None:
        """Tell all readers. In order of revision."""
        self.position = revision_of(change)
        for reader in self._readers:
            reader.add(change)

    def publish_progress(self, change: JobProgressed) -> None:
        """Tell all readers, best effort."""
        for reader in self._readers:
            reader.add_progress(change)

    async def read(self, after: Revision, read_after: ReadAfter) -> AsyncGenerator[Change, None]:
        """Every change after `after`, first those on record, then live; ends when the feed closes.

        Raises what `read_after` raises, unless the feed is closing.
        """
        reader = _Reader()
        # Before the replay: a change during it waits, and none falls in between.
        self._readers.add(reader)
        try:
            while True:
                reader.bell.clear()
                if reader.is_behind:
                    try:
                        changes = await _replay(reader, after, read_after)
                    except UnavailableError:
                        if self._is_closing:
                            return
                        raise
                    for change in changes:
                        after = revision_of(change)
                        yield change
                    continue
                while live := reader.take():
                    if isinstance(live, JobProgressed):
                        yield live
                    elif revision_of(live) > after:
                        after = revision_of(live)
                        yield live
                if self._is_closed and not reader.is_behind:
                    return
                await reader.bell.wait()
        finally:
            self._readers.discard(reader)

    def begin_closing(self) -> None:
        """From now on a replay may fail, because the engine is closing; that ends its reader."""
        self._is_closing = True

    def close(self) -> None:
        """End all readers, after what waits for them."""
        self._is_closing = self._is_closed = True
        for reader in self._readers:
            reader.bell.set()


async def _replay(reader: _Reader, after: Revision, read_after: ReadAfter) -> Sequence[Durable]:
    # Before reading: what overflows during the read is not in it.
    reader.is_behind = False
    changes = await read_after(after, REPLAY_CHANGES_MAX)
    if len(changes) == REPLAY_CHANGES_MAX:
        reader.is_behind = True
    return changes
