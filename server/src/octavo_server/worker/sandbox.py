"""A pool of child processes to run modules in."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Self

import structlog

from octavo_server.domain.jobs import Progress
from octavo_server.modules.plug_ins import PlugIn
from octavo_server.ports.runner import Outcome, Task
from octavo_server.worker.frames import MalformedFrameError
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.process import Child, Relay
from octavo_server.worker.receiver import ChildEndedError
from octavo_server.worker.registry import Registry

START_DELAYS_SECONDS = (0.1, 0.5, 2.0, 5.0)
"""Between attempts to start a child that dies before it can work; the last for good."""

log = structlog.get_logger()


class Sandbox:
    """Keeps `children` processes ready. Entering does not wait for them; leaving kills and reaps them all.

    `modules` names the package whose MODULES the children run, beside `plug_ins`; `output_factors` tells which of these
    may make more than the usual bytes, and how many times; `indexers` are those that may make search indexes. `relay`
    answers what they ask in the middle of a task. Large outputs go into unnamed files in `spool_folder`.
    """

    def __init__(
        self,
        *,
        limits: ChildLimits,
        children: int,
        modules: str = "octavo_server.modules",
        plug_ins: Sequence[PlugIn] = (),
        output_factors: Mapping[str, int] = MappingProxyType({}),
        indexers: Collection[str] = (),
        relay: Relay | None = None,
        spool_folder: Path | None = None,
    ) -> None:
        self._limits = limits
        self._count = children
        self._registry = Registry(
            package=modules, plug_ins=plug_ins, output_factors=dict(output_factors), indexers=tuple(indexers)
        )
        self._relay = relay
        self._spool_folder = spool_folder
        self._free = asyncio.LifoQueue[Child]()
        self._keepers = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._keepers.__aenter__()
        for index in range(self._count):
            keeper = self._keepers.create_task(self._keep(), name=f"child keeper {index}")
            self._tasks.append(keeper)
        return self

    async def __aexit__(self, *failure: object) -> None:
        for keeper in self._tasks:
            keeper.cancel()
        await self._keepers.__aexit__(None, None, None)

    async def run(self, task: Task, on_progress: Callable[[Progress], None]) -> Outcome:
        """As ports/runner.py says; waits for a free child first."""
        async with self.child() as child:
            return await child.run(task, on_progress)

    @asynccontextmanager
    async def child(self) -> AsyncGenerator[Child, None]:
        """Wait for a free child, and have it for yourself."""
        child = await self._free.get()
        # One that died while it was idle may still be in the queue; its successor will be, too. And one that wrote
        # something while it had no task is not trusted with another.
        while not child.is_usable:
            child.dismiss()
            child = await self._free.get()
        try:
            yield child
        finally:
            if child.is_usable:
                self._free.put_nowait(child)
            else:
                child.dismiss()

    async def _start(self) -> Child:
        return await Child.start(
            limits=self._limits, registry=self._registry, relay=self._relay, spool_folder=self._spool_folder
        )

    async def _keep(self) -> None:
        """Keep one child alive, replacing it as often as it ends, and trying again if none can be started."""
        failures = 0
        while True:
            try:
                async with await self._start() as child:
                    await child.ready()
                    failures = 0
                    self._free.put_nowait(child)
                    await child.ended()
            except (ChildEndedError, MalformedFrameError, OSError) as error:
                delay = START_DELAYS_SECONDS[min(failures, len(START_DELAYS_SECONDS) - 1)]
                failures += 1
                log.warning("child could not start", error=repr(error), retry_seconds=delay)
                await asyncio.sleep(delay)
