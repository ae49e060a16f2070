"""Clean up what nobody came to refer to.

Jobs need no recovery: the engine makes unfinished ones claimable again at their first module without a recorded
output. What a crash, or a caller who gave up, can leave behind is a blob that no job refers to.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from octavo_server.domain.ids import BlobKey, Instant
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine

BATCH_BLOBS_MAX = 500
ORPHAN_SECONDS_MIN = 600
"""A younger blob may belong to a submission that is just being accepted, here or by another server."""
CHECK_SECONDS = 3_600


class Recover:
    """Deletes orphaned blobs."""

    def __init__(self, *, engine: Engine, blobs: Blobs, clock: Clock) -> None:
        self._engine = engine
        self._blobs = blobs
        self._clock = clock

    async def sweep(self, before: Instant) -> int:
        """Delete blobs from before that time that no job refers to; how many there were."""
        count = 0
        batch: list[BlobKey] = []
        async for key in self._blobs.keys(before=before):
            batch.append(key)
            if len(batch) == BATCH_BLOBS_MAX:
                count += await self._delete_orphans(batch)
                batch = []
        return count + await self._delete_orphans(batch)

    async def run(self, stopping: asyncio.Event, before: Instant) -> None:
        """Sweep now what is from before that time, and every hour what is old enough, until `stopping`."""
        while not stopping.is_set():
            await self.sweep(before)
            before = Instant(self._clock.now() - ORPHAN_SECONDS_MIN)
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await stopping.wait()

    async def _delete_orphans(self, keys: Sequence[BlobKey]) -> int:
        orphans = set(keys) - await self._engine.known_blobs(keys)
        await self._blobs.delete(orphans)
        return len(orphans)
