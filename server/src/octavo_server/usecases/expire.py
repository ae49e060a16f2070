"""Remove what has had its time: jobs with all that belongs to them, and uploads nobody went on with."""

import asyncio
import contextlib

from octavo_server.domain.ids import Instant
from octavo_server.ports.blobs import Blobs, Uploads
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine

CHECK_SECONDS = 1.0
"""How late an expired job's disk space may be given back; callers see it gone at once."""

BATCH_JOBS_MAX = 500
"""Removed in one durable step, at most: an engine takes fewer if so many would hold up a running job."""

UPLOAD_SECONDS_MAX = 24 * 3_600
"""An upload to which nothing happened for so long is forgotten."""


class Expire:
    """Sweeps."""

    def __init__(self, *, engine: Engine, blobs: Blobs, uploads: Uploads, clock: Clock) -> None:
        self._engine = engine
        self._blobs = blobs
        self._uploads = uploads
        self._clock = clock

    async def sweep(self) -> int:
        """Remove every job whose time has come; how many there were."""
        count = 0
        while True:
            removed = await self._engine.expire(self._clock.now(), jobs_max=BATCH_JOBS_MAX)
            await self._blobs.delete(removed.blob_keys)
            if not removed.request_ids:
                return count
            count += len(removed.request_ids)

    async def run(self, stopping: asyncio.Event) -> None:
        """Sweep until `stopping`."""
        uploads_at = self._clock.now()
        while not stopping.is_set():
            await self.sweep()
            now = self._clock.now()
            if now >= uploads_at:
                await self._uploads.expire(Instant(now - UPLOAD_SECONDS_MAX))
                uploads_at = Instant(now + UPLOAD_SECONDS_MAX / 24)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await stopping.wait()
