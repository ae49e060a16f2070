"""Make a pipeline."""

from collections.abc import Sequence

from octavo_server.domain import pipelines
from octavo_server.domain.ids import TenantId
from octavo_server.domain.modules import ModuleSpecs
from octavo_server.domain.pipelines import Pipeline
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine


class CreatePipeline:
    """Makes pipelines."""

    def __init__(self, *, engine: Engine, clock: Clock, specs: ModuleSpecs) -> None:
        self._engine = engine
        self._clock = clock
        self._specs = specs

    async def __call__(self, tenant: TenantId, name: str, chain: Sequence[str]) -> Pipeline:
        """The pipeline as stored.

        Raises InvalidArgumentError, AlreadyExistsError (PIPELINE_NAME_TAKEN), QuotaExceededError (PIPELINES_FULL).
        """
        return await self._engine.put_pipeline(
            Pipeline(
                tenant=tenant,
                name=pipelines.valid_name(name),
                chain=pipelines.valid_chain(chain, self._specs),
                create_time=self._clock.now(),
            )
        )
