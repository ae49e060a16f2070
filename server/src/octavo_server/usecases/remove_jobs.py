"""Remove jobs with all that belongs to them."""

import asyncio
from collections.abc import Collection

from octavo_server.domain.ids import RequestId, TenantId
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.engine import Engine
from octavo_server.usecases.discard_blobs import discard_blobs


class RemoveJobs:
    """Removes jobs. A worker that runs one of them hears of it through the feed and stops."""

    def __init__(self, *, engine: Engine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs

    async def __call__(self, tenant: TenantId, request_ids: Collection[RequestId]) -> int:
        """How many there were. A caller who gives up in between leaves no blobs behind."""
        return await asyncio.shield(self._remove(tenant, request_ids))

    async def _remove(self, tenant: TenantId, request_ids: Collection[RequestId]) -> int:
        removed = await self._engine.remove(tenant, request_ids)
        await discard_blobs(self._blobs, removed.blob_keys)
        return len(removed.request_ids)
