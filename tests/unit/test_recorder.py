"""Recording steps of leased jobs whose record changed meanwhile."""

from dataclasses import replace

import pytest

from octavo_server.clock import RandomIds, SystemClock
from octavo_server.domain.contents import describe
from octavo_server.domain.files import File
from octavo_server.domain.ids import FileId, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Job, JobState, ModuleRun
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines.memory import MemoryEngine
from octavo_server.ports.engine import Lease, StaleError
from octavo_server.usecases.recorder import Recorder

TENANT = TenantId("t")


@pytest.fixture
async def engine() -> MemoryEngine:
    engine = MemoryEngine(clock=SystemClock(), lease_seconds=30.0)
    pipeline = Pipeline(tenant=TENANT, name=PipelineName("p"), chain=("parser",), create_time=Instant(0))
    await engine.put_pipeline(pipeline)
    return engine


async def running(engine: MemoryEngine) -> tuple[Lease, Job]:
    """A job whose module runs, and its lease."""
    now = SystemClock().now()
    job = Job(
        request_id=RequestId(RandomIds().uuid()),
        tenant=TENANT,
        pipeline=PipelineName("p"),
        file=File(file_id=FileId(RandomIds().uuid()), name="a.txt", directory="/etc"),
        document=describe(b"One."),
        runs=(ModuleRun(name="parser", key="parser", model="sentence"),),
        create_time=now,
        update_time=now,
        expire_time=Instant(now + 100),
    )
    await engine.accept(job, b"One.")
    lease = await engine.claim()
    return lease, await engine.record(lease, lease.job.module_started(now))


def warned(job: Job) -> Job:
    run = job.runs[0]
    return replace(job, runs=(replace(run, warnings=(*run.warnings, "a warning")),))


async def test_a_step_is_recorded_of_the_job_as_it_was_refiled(engine: MemoryEngine) -> None:
    lease, job = await running(engine)
    refiled = await engine.refile(job.refiled(job.update_time, replace(job.file, name="b.txt"), job.expire_time))
    recorded = await Recorder(engine=engine)(lease, job, warned)
    assert (recorded.file.name, recorded.runs[0].warnings) == ("b.txt", ("a warning",))
    assert recorded.revision > refiled.job.revision


async def test_a_step_of_a_job_whose_modules_changed_meanwhile_is_stale(engine: MemoryEngine) -> None:
    lease, job = await running(engine)
    told = await engine.record(lease, warned(job))
    with pytest.raises(StaleError):
        await Recorder(engine=engine)(lease, job, warned)
    now = await engine.get(TENANT, job.request_id)
    assert (now.revision, now.state) == (told.revision, JobState.RUNNING)
