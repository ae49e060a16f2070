"""Every engine, to be held to the one contract."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from octavo_server.engines.memory import MemoryEngine
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.ports.engine import Engine
from tests.contract.samples import ManualClock, new_pipeline

OpenEngine = Callable[..., Awaitable[Engine]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["memory", "sqlite"])
async def open_engine(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[OpenEngine]:
    """Opens an engine with a pipeline of one parser; takes lease_seconds, queue_jobs_max and, for what only the SQLite
    engine bounds, looked_at_max. Closed after the test.
    """
    opened: list[Engine] = []

    async def open_one(**options: Any) -> Engine:
        if request.param == "memory":
            options.pop("looked_at_max", None)
            engine: Engine = MemoryEngine(clock=clock, **options)
        else:
            engine = await SqliteEngine.open(tmp_path / "data", clock=clock, **options)
        opened.append(engine)
        await engine.put_pipeline(new_pipeline())
        return engine

    yield open_one
    for engine in opened:
        await engine.close()


@pytest.fixture
async def engine(open_engine: OpenEngine) -> Engine:
    return await open_engine()
