"""Delete a pipeline."""

from octavo_server.domain.errors import FailedPreconditionError
from octavo_server.domain.ids import TenantId
from octavo_server.domain.pipelines import asked_name
from octavo_server.ports.engine import Engine
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.reset_pipeline import ResetPipeline


class DeletePipeline:
    """Deletes pipelines. Watches of one end."""

    def __init__(self, *, engine: Engine, hub: WatchHub, reset: ResetPipeline) -> None:
        self._engine = engine
        self._hub = hub
        self._reset = reset

    async def __call__(self, tenant: TenantId, name: str, *, force: bool) -> int:
        """How many files were deleted with it, which takes `force`.

        Raises InvalidArgumentError, NotFoundError, FailedPreconditionError (PIPELINE_NOT_EMPTY).
        """
        pipeline, count = asked_name(name, field="name"), 0
        while True:
            if force:
                count += await self._reset(tenant, pipeline)
            try:
                await self._engine.delete_pipeline(tenant, pipeline)
            except FailedPreconditionError:
                if not force:
                    raise
                # A document was accepted in between: that one goes, too.
                continue
            self._hub.ring_pipeline(tenant, pipeline)
            return count
