"""Keep the search index that a module made."""

import asyncio
from contextlib import suppress
from io import BytesIO

from octavo_server.ports.engine import Engine, Lease, StaleError
from octavo_server.ports.runner import Spooled
from octavo_server.usecases.index_lines import IndexLines


class KeepIndex:
    """Gives indexes to the engine, part by part: none is in memory whole."""

    def __init__(self, *, engine: Engine, extend_seconds: float) -> None:
        self._engine = engine
        self._extend_seconds = extend_seconds

    async def __call__(self, lease: Lease, index: bytes | Spooled) -> None:
        """Durable on return; the lease is held meanwhile. Raises BrokenIndexError, StaleError."""
        keeper = asyncio.create_task(self._extend(lease), name=f"keep lease of {lease.job.request_id}")
        try:
            await self._keep(lease, IndexLines(BytesIO(index) if isinstance(index, bytes) else index.file))
        finally:
            keeper.cancel()
            # A lost lease refuses the next part by itself.
            with suppress(asyncio.CancelledError, StaleError):
                await keeper

    async def _keep(self, lease: Lease, lines: IndexLines) -> None:
        entries = await asyncio.to_thread(lines.part)
        await self._engine.index(lease, entries, is_first=True)
        while entries:
            entries = await asyncio.to_thread(lines.part)
            if entries:
                await self._engine.index(lease, entries, is_first=False)

    async def _extend(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._extend_seconds)
            await self._engine.extend(lease)
