"""Tell the paths that a pipeline's tree is drawn from."""

from collections.abc import Collection

from octavo_server.domain.ids import TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.pipelines import asked_name
from octavo_server.domain.terms import EVERYWHERE, directory_term
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import TreePage
from octavo_server.usecases.paging import TREES


class ShowTree:
    """Lists paths."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(
        self,
        tenant: TenantId,
        pipeline: str,
        directory: str,
        *,
        states: Collection[JobState],
        page_size: int,
        after: str,
    ) -> TreePage:
        """One page, by path, of the files in directories that fit; `directory` empty: in all.

        Raises InvalidArgumentError, NotFoundError.
        """
        size = TREES.chosen(page_size)
        term = directory_term(directory, field="symbolic_directory_path") if directory else EVERYWHERE
        name = (await self._engine.get_pipeline(tenant, asked_name(pipeline))).name
        return await self._engine.tree(
            tenant, name, term, states=states, now=self._clock.now(), after=after, files_max=size
        )
