"""Writes the store, through the engine itself.

python -m benchmarks.rig.at_100k.fill DATA_DIR
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.rig.at_100k import plan, vocabulary
from octavo_server.clock import SystemClock
from octavo_server.domain.contents import describe
from octavo_server.domain.ids import Instant, RequestId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.ports.engine import Lease
from octavo_server.ports.listings import KeywordEntry

AT_ONCE = 500
"""Jobs that share their commits."""
OUTPUT = b'[{"snippet":"A sentence of a document that nobody will ever read.","line_numbers":[1]}]' * 3


class Fill:
    """Accepts jobs and brings them to their ends, many at a time."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine

    async def run(self) -> None:
        """Returns when all are on record."""
        for name, chain in plan.CHAINS.items():
            pipeline = Pipeline(tenant=plan.TENANT, name=name, chain=chain, create_time=Instant(plan.FIRST_TIME))
            await self._engine.put_pipeline(pipeline)
        for start in range(0, plan.JOBS_COUNT, AT_ONCE):
            some = [plan.planned(number) for number in range(start, min(start + AT_ONCE, plan.JOBS_COUNT))]
            await asyncio.gather(*(self._engine.accept(one.job, plan.DOCUMENT) for one in some))
            by_id = {one.job.request_id: one for one in some}
            await asyncio.gather(*(self._end(by_id) for _ in some))

    async def _end(self, planned: Mapping[RequestId, plan.Planned]) -> None:
        lease = await self._engine.claim()
        one = planned[lease.job.request_id]
        started = lease.job.module_started(lease.job.create_time)
        match one.end:
            case JobState.FAILED:
                await self._engine.record(lease, started.module_failed(started.create_time, plan.failure()))
            case JobState.CANCELLED:
                asked = started.cancel_requested(started.create_time)
                await self._engine.record(lease, asked.cancelled(started.create_time))
            case _:
                await self._succeed(lease, started, one)

    async def _succeed(self, lease: Lease, job: Job, one: plan.Planned) -> None:
        if job.pipeline == plan.SEARCHED:
            await self._engine.index(lease, _entries(one), is_first=True)
        now = job.create_time
        while True:
            job = job.module_succeeded(now, describe(OUTPUT, "application/json"), facts={"num_snippets": 3})
            is_last = job.state.is_final
            # The next module has started already: the lease goes on.
            job = await self._engine.record(lease, job if is_last else job.module_started(now), OUTPUT)
            if is_last:
                return


def _entries(one: plan.Planned) -> list[KeywordEntry]:
    words = vocabulary.draw(one.chance)
    return [
        KeywordEntry(word, ",".join(f'["{word}",{1 + place // 10},{1 + place % 10}]' for place in places), len(places))
        for word, places in sorted(words.items())
    ]


async def _main() -> None:
    engine = await SqliteEngine.open(Path(sys.argv[1]), clock=SystemClock())
    try:
        await Fill(engine).run()
    finally:
        await engine.close()


if __name__ == "__main__":
    asyncio.run(_main())
