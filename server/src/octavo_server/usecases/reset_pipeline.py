"""Delete everything a pipeline holds."""

import asyncio
from collections.abc import Sequence

from octavo_server.domain.ids import PipelineName, RequestId, TenantId
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.engine import Engine

BATCH_JOBS_MAX = 500


class ResetPipeline:
    """Empties pipelines. A worker that runs a removed job hears of it through the feed and stops."""

    def __init__(self, *, engine: Engine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs

    async def __call__(self, tenant: TenantId, name: str) -> int:
        """How many files were deleted. Raises NotFoundError."""
        pipeline = await self._engine.get_pipeline(tenant, PipelineName(name))
        count = 0
        while request_ids := await self._engine.jobs_of(tenant, pipeline.name, jobs_max=BATCH_JOBS_MAX):
            # A caller who gives up in between must not leave blobs behind.
            count += await asyncio.shield(self._remove(tenant, request_ids))
        return count

    async def _remove(self, tenant: TenantId, request_ids: Sequence[RequestId]) -> int:
        removed = await self._engine.remove(tenant, request_ids)
        await self._blobs.delete(removed.blob_keys)
        return len(removed.request_ids)
