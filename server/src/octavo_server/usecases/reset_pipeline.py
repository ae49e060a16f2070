"""Delete everything a pipeline holds."""

from octavo_server.domain.ids import TenantId
from octavo_server.domain.pipelines import asked_name
from octavo_server.ports.engine import Engine
from octavo_server.usecases.expire import BATCH_JOBS_MAX
from octavo_server.usecases.remove_jobs import RemoveJobs


class ResetPipeline:
    """Empties pipelines."""

    def __init__(self, *, engine: Engine, remove: RemoveJobs) -> None:
        self._engine = engine
        self._remove = remove

    async def __call__(self, tenant: TenantId, name: str) -> int:
        """How many files were deleted. Raises InvalidArgumentError, NotFoundError."""
        pipeline = await self._engine.get_pipeline(tenant, asked_name(name, field="name"))
        count = 0
        while request_ids := await self._engine.jobs_of(tenant, pipeline.name, jobs_max=BATCH_JOBS_MAX):
            count += await self._remove(tenant, request_ids)
        return count
