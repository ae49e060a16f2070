"""List a tenant's pipelines, page by page."""

from collections.abc import Sequence

from octavo_server.domain.ids import TenantId
from octavo_server.domain.pipelines import Pipeline
from octavo_server.ports.engine import Engine
from octavo_server.usecases.paging import LISTS


class ListPipelines:
    """Lists pipelines."""

    def __init__(self, *, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, tenant: TenantId, *, page_size: int, after: str) -> tuple[Sequence[Pipeline], str | None]:
        """One page by name, from the name after `after` on, and the `after` of the next page; None: the last page.

        Raises InvalidArgumentError.
        """
        size = LISTS.chosen(page_size)
        found = await self._engine.list_pipelines(tenant, after=after, pipelines_max=size + 1)
        return found[:size], found[size - 1].name if len(found) > size else None
