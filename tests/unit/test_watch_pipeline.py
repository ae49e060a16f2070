"""Watches of pipelines that ring at the worst moment."""

import asyncio
from contextlib import aclosing

from octavo_server.domain.ids import PipelineName, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines.memory import MemoryEngine
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.watch import Heartbeat, Snapshot
from octavo_server.usecases.watch_pipeline import WatchPipeline
from tests.contract.samples import DOCUMENT, PIPELINE, TENANT, ManualClock, new_job, new_pipeline


class MeanwhileEngine(MemoryEngine):
    """Takes a job while somebody asks for the pipeline, and is done when the hub has heard of it."""

    hub: WatchHub
    job: Job | None = None

    async def get_pipeline(self, tenant: TenantId, name: PipelineName) -> Pipeline:
        if self.job is not None:
            job, self.job = self.job, None
            accepted = await self.accept(job, DOCUMENT)
            while self.hub.position < accepted.job.revision:
                await asyncio.sleep(0)
        return await super().get_pipeline(tenant, name)


async def test_what_happens_while_a_heartbeat_is_made_is_told_next() -> None:
    clock = ManualClock()
    engine = MeanwhileEngine(clock=clock)
    await engine.put_pipeline(new_pipeline())
    engine.hub = WatchHub(engine=engine, watchers_max=1)
    following = asyncio.create_task(engine.hub.follow())
    watch = WatchPipeline(engine=engine, hub=engine.hub, clock=clock)(TENANT, PIPELINE, heartbeat_seconds=1)
    async with aclosing(watch):
        # One after the list, one of an idle second.
        assert [type(await anext(watch)) for _ in range(2)] == [Heartbeat, Heartbeat]
        engine.job = job = new_job()
        assert isinstance(await anext(watch), Heartbeat)
        told = await anext(watch)
        assert isinstance(told, Snapshot)
        assert told.job.request_id == job.request_id
    await engine.close()
    await following
