"""Delete everything a pipeline holds."""

from octavo_server.domain.ids import PipelineName, TenantId
from octavo_server.ports.engine import Engine
from octavo_server.usecases.remove_jobs import RemoveJobs

BATCH_JOBS_MAX = 500


class ResetPipeline:
    """Empties pipelines."""

    def __init__(self, *, engine: Engine, remove: RemoveJobs) -> None:
        self._engine = engine
        self._remove = remove

    async def __call__(self, tenant: TenantId, name: str) -> int:
        """How many files were deleted. Raises NotFoundError."""
        pipeline = await self._engine.get_pipeline(tenant, PipelineName(name))
        count = 0
        while request_ids := await self._engine.jobs_of(tenant, pipeline.name, jobs_max=BATCH_JOBS_MAX):
            count += await self._remove(tenant, request_ids)
        return count
