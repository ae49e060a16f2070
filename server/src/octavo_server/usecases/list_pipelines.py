"""List a tenant's pipelines, page by page."""

from collections.abc import Sequence

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import TenantId
from octavo_server.domain.pipelines import Pipeline
from octavo_server.ports.engine import Engine

PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_MAX = 1_000


class ListPipelines:
    """Lists pipelines."""

    def __init__(self, *, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, tenant: TenantId, *, page_size: int, after: str) -> tuple[Sequence[Pipeline], str]:
        """One page by name, from the name after `after` on, and the `after` of the next page; empty: the last page.

        Raises InvalidArgumentError.
        """
        if not 0 <= page_size <= PAGE_SIZE_MAX:
            raise InvalidArgumentError("page_size", f"must be 1 to {PAGE_SIZE_MAX}, or 0 for {PAGE_SIZE_DEFAULT}")
        size = page_size or PAGE_SIZE_DEFAULT
        found = await self._engine.list_pipelines(tenant, after=after, pipelines_max=size + 1)
        return found[:size], found[size - 1].name if len(found) > size else ""
