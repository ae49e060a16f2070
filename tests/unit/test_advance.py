"""Running a module and recording what came of it: leases, cancels, trouble."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from io import BytesIO

import pytest

from octavo_server.clock import RandomIds, SystemClock
from octavo_server.domain.contents import describe
from octavo_server.domain.errors import NotFoundError, UnavailableError
from octavo_server.domain.files import File
from octavo_server.domain.ids import FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Failure, Job, JobState, ModuleRun, ModuleState, Progress
from octavo_server.domain.limits import STARTS_MAX, Limits
from octavo_server.domain.pipelines import Pipeline
from octavo_server.domain.queries import EVERY_FILE
from octavo_server.engines.memory import MemoryEngine
from octavo_server.modules import module_specs
from octavo_server.ports.engine import Lease, StaleError
from octavo_server.ports.runner import Crashed, Outcome, Refused, Spooled, Succeeded, Task
from octavo_server.usecases.advance import Advance
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.report import Report
from octavo_server.usecases.watch import Heartbeat, Snapshot, Watch
from octavo_server.usecases.watch_pipeline import WatchPipeline

TENANT = TenantId("t")
LEASE_SECONDS = 0.3
DONE = Succeeded(output=b"[]", media_type="application/json")
OnProgress = Callable[[Progress], None]


class ScriptedRunner:
    """Does what the test says instead of running a module; counts its starts."""

    def __init__(self, script: Callable[[OnProgress], Awaitable[Outcome]]) -> None:
        self._script = script
        self.starts = 0
        self.tasks: list[Task] = []

    async def run(self, task: Task, on_progress: OnProgress) -> Outcome:
        self.starts += 1
        self.tasks.append(task)
        return await self._script(on_progress)


class ForgottenBlobs:
    """Large contents are of no interest here."""

    async def put(self, key: object, data: object) -> None:
        """Kept nowhere."""

    async def delete(self, keys: object) -> None:
        """There is nothing."""


class Bench:
    """An engine in memory, a hub that follows it, and the use case."""

    def __init__(self, engine: MemoryEngine, hub: WatchHub) -> None:
        self.engine = engine
        self.hub = hub
        self.advance = Advance(
            engine=engine,
            blobs=ForgottenBlobs(),  # type: ignore[arg-type]
            hub=hub,
            clock=SystemClock(),
            ids=RandomIds(),
            specs=module_specs(has_tika_server=False),
            limits=Limits(),
            lease_seconds=LEASE_SECONDS,
        )

    async def submit(self, name: str = "a.txt", **changes: object) -> Job:
        now = SystemClock().now()
        job = Job(
            request_id=RequestId(RandomIds().uuid()),
            tenant=TENANT,
            pipeline=PipelineName("p"),
            file=File(file_id=FileId(RandomIds().uuid()), name=name, directory="/etc"),
            document=describe(b"One."),
            runs=(ModuleRun(name="parser", key="parser", model="sentence"),),
            create_time=now,
            update_time=now,
            expire_time=Instant(now + 100),
        )
        return (await self.engine.accept(replace(job, **changes), b"One.")).job

    async def work(self, runner: ScriptedRunner) -> Lease:
        """Claim and advance once, as the worker loop does."""
        lease = await self.engine.claim()
        attempt = await self.advance.run(lease, runner)
        if attempt:
            await self.advance.conclude(attempt)
        return lease

    async def get(self, job: Job) -> Job:
        return await self.engine.get(TENANT, job.request_id)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    engine = MemoryEngine(clock=SystemClock(), lease_seconds=LEASE_SECONDS)
    await engine.put_pipeline(
        Pipeline(tenant=TENANT, name=PipelineName("p"), chain=("parser",), create_time=Instant(0))
    )
    hub = WatchHub(engine=engine, watchers_max=10)
    hub.position = await engine.position()
    following = asyncio.create_task(hub.follow())
    yield Bench(engine, hub)
    await engine.close()
    await following


async def test_a_module_that_ends_well_ends_its_job(bench: Bench) -> None:
    job = await bench.submit()

    async def succeed(_: OnProgress) -> Outcome:
        return DONE

    await bench.work(ScriptedRunner(succeed))
    ended = await bench.get(job)
    assert (ended.state, ended.runs[0].attempt) == (JobState.SUCCEEDED, 1)
    assert await bench.engine.inline(job.request_id, 0) == b"[]"


async def test_a_module_that_reports_for_longer_than_its_lease_is_started_once(bench: Bench) -> None:
    job = await bench.submit()

    async def report_for_three_leases(on_progress: OnProgress) -> Outcome:
        for page in range(30):
            on_progress(Progress("page", page, 30))
            await asyncio.sleep(LEASE_SECONDS / 10)
        return DONE

    runner = ScriptedRunner(report_for_three_leases)
    working = [asyncio.create_task(bench.work(runner)) for _ in range(2)]
    await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
    assert runner.starts == 1
    assert (await bench.get(job)).runs[0].attempt == 1
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)


async def test_cancelling_a_running_job_stops_its_module_and_ends_cancelled(bench: Bench) -> None:
    job = await bench.submit()
    started, stopped = asyncio.Event(), asyncio.Event()

    async def run_for_ever(_: OnProgress) -> Outcome:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return DONE

    working = asyncio.create_task(bench.work(ScriptedRunner(run_for_ever)))
    await started.wait()
    while (running := await bench.get(job)).state is not JobState.RUNNING:
        await asyncio.sleep(0)
    cancelling = await bench.engine.update(running.cancel_requested(SystemClock().now()))
    assert cancelling.state is JobState.CANCELLING
    await working
    assert stopped.is_set()
    assert (await bench.get(job)).state is JobState.CANCELLED


async def test_a_job_that_is_removed_while_it_runs_stops_its_module(bench: Bench) -> None:
    job = await bench.submit()
    started = asyncio.Event()

    async def run_for_ever(_: OnProgress) -> Outcome:
        started.set()
        await asyncio.Event().wait()
        return DONE

    working = asyncio.create_task(bench.work(ScriptedRunner(run_for_ever)))
    await started.wait()
    await bench.engine.remove(TENANT, [job.request_id])
    await working
    with pytest.raises(NotFoundError):
        await bench.get(job)


async def test_trouble_of_the_server_counts_against_no_job(bench: Bench) -> None:
    job = await bench.submit()

    async def disk_full(_: OnProgress) -> Outcome:
        raise UnavailableError("no room")

    async def succeed(_: OnProgress) -> Outcome:
        return DONE

    for _ in range(STARTS_MAX + 2):
        lease = await bench.engine.claim()
        with pytest.raises(BaseExceptionGroup):
            await bench.advance.run(lease, ScriptedRunner(disk_full))
        await bench.advance.forgive(lease, delay_seconds=0)
    await bench.work(ScriptedRunner(succeed))
    ended = await bench.get(job)
    assert (ended.state, ended.runs[0].attempt, ended.runs[0].crashes) == (JobState.SUCCEEDED, 1, 0)


async def test_a_server_that_stops_gives_the_job_back_uncounted(bench: Bench) -> None:
    job = await bench.submit()
    started = asyncio.Event()

    async def run_for_ever(_: OnProgress) -> Outcome:
        started.set()
        await asyncio.Event().wait()
        return DONE

    working = asyncio.create_task(bench.work(ScriptedRunner(run_for_ever)))
    await started.wait()
    while (await bench.get(job)).state is not JobState.RUNNING:
        await asyncio.sleep(0)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    returned = await bench.get(job)
    assert (returned.runs[0].state, returned.runs[0].attempt) == (ModuleState.PENDING, 0)
    assert (await bench.engine.claim()).job == returned


async def test_a_module_that_crashes_three_times_fails_its_job_and_says_how_often(bench: Bench) -> None:
    job = await bench.submit()

    async def crash(_: OnProgress) -> Outcome:
        return Crashed("CHILD_DIED", "its process died")

    for _ in range(3):
        await bench.work(ScriptedRunner(crash))
    ended = await bench.get(job)
    assert ended.state is JobState.FAILED
    assert ended.failure is not None
    assert ended.failure.message == "its process died (3 attempts)"


async def test_the_attempt_after_a_crash_leaves_out_the_extractors_that_crashed_ones_went_through(bench: Bench) -> None:
    await bench.submit()

    async def crash_in_the_second_extractor(_: OnProgress) -> Outcome:
        return Crashed("CHILD_DIED", "its process died", extractors_spent=2)

    runner = ScriptedRunner(crash_in_the_second_extractor)
    await bench.work(runner)
    await bench.work(runner)
    assert [task.run.extractors_spent for task in runner.tasks] == [0, 2]


async def test_attempts_that_crash_have_the_time_of_one_together(bench: Bench) -> None:
    await bench.submit()

    async def crash(_: OnProgress) -> Outcome:
        return Crashed("MEMORY_LIMIT", "used more than 1 GB", extractors_spent=1)

    async def be_killed(_: OnProgress) -> Outcome:
        return Crashed("CHILD_DIED", "its process died (SIGKILL)")

    runner = ScriptedRunner(be_killed)
    await bench.work(runner)
    runner_that_crashes = ScriptedRunner(crash)
    await bench.work(runner_that_crashes)
    last = ScriptedRunner(crash)
    await bench.work(last)

    assert runner.tasks[0].seconds_max == runner_that_crashes.tasks[0].seconds_max
    assert last.tasks[0].seconds_max < runner_that_crashes.tasks[0].seconds_max


async def test_a_job_whose_module_is_gone_fails_without_running(bench: Bench) -> None:
    await bench.engine.put_pipeline(
        Pipeline(tenant=TENANT, name=PipelineName("p"), chain=("mine",), create_time=Instant(0))
    )
    job = await bench.submit(runs=(ModuleRun(name="mine", key="mine", model="only"),))

    async def succeed(_: OnProgress) -> Outcome:
        return DONE

    runner = ScriptedRunner(succeed)
    await bench.work(runner)
    ended = await bench.get(job)
    assert runner.starts == 0
    assert (ended.state, ended.failure) == (
        JobState.FAILED,
        Failure(module="mine", reason="MODULE_MISSING", message="there is no module 'mine' on this server any more"),
    )


async def test_a_processing_timeout_bounds_the_module_and_is_named(bench: Bench) -> None:
    job = await bench.submit(processing_seconds_max=5.0)

    async def run_out_of_time(_: OnProgress) -> Outcome:
        return Refused("TIME_LIMIT", "stopped after 5 s")

    runner = ScriptedRunner(run_out_of_time)
    await bench.work(runner)
    assert 0 < runner.tasks[0].seconds_max <= 5
    ended = await bench.get(job)
    assert ended.failure is not None
    assert (ended.failure.reason, ended.failure.message) == (
        "TIME_LIMIT",
        "not done within the processing_timeout of 5 s",
    )


async def test_a_watch_tells_the_end_of_one_job_although_another_goes_in_the_same_moment(bench: Bench) -> None:
    ends, goes = await bench.submit("1.txt"), await bench.submit("2.txt")
    report = Report(engine=bench.engine, hub=bench.hub, clock=SystemClock())
    watch = Watch(engine=bench.engine, report=report, hub=bench.hub)(TENANT, [ends.request_id, goes.request_id])
    for _ in range(2):
        assert isinstance(await anext(watch), Snapshot)
    await bench.engine.update((await bench.get(ends)).cancel_requested(SystemClock().now()))
    await bench.engine.remove(TENANT, [goes.request_id])
    told = await anext(watch)
    assert isinstance(told, Snapshot)
    assert told.job.state is JobState.CANCELLED
    with pytest.raises(NotFoundError):
        await anext(watch)


async def test_a_snapshot_in_the_middle_of_a_round_does_not_claim_the_whole_round(bench: Bench) -> None:
    jobs = [await bench.submit(f"{n}.txt") for n in range(3)]
    report = Report(engine=bench.engine, hub=bench.hub, clock=SystemClock())
    while bench.hub.position < jobs[-1].revision:
        await asyncio.sleep(0)
    watch = Watch(engine=bench.engine, report=report, hub=bench.hub)(TENANT, [job.request_id for job in jobs])
    seen = [snapshot.seen async for snapshot in first(watch, 3)]
    assert seen == [Revision(0), Revision(0), jobs[-1].revision]
    await watch.aclose()


async def first(items: AsyncIterator[object], count: int) -> AsyncIterator[Snapshot]:
    for _ in range(count):
        item = await anext(items)  # type: ignore[arg-type]
        assert isinstance(item, Snapshot)
        yield item


async def refile(bench: Bench, job: Job, name: str) -> None:
    """As UpdateFile does."""
    while True:
        latest = await bench.get(job)
        now = SystemClock().now()
        try:
            await bench.engine.refile(
                latest.refiled(now, replace(latest.file, name=name), Instant(latest.expire_time + 100))
            )
        except StaleError:
            continue
        return


@pytest.mark.parametrize(
    "outcome", [DONE, Refused("NO_TEXT", "nothing in it"), Crashed("CHILD_DIED", "its process died")]
)
async def test_a_file_that_is_refiled_while_its_module_runs_loses_no_work(bench: Bench, outcome: Outcome) -> None:
    job = await bench.submit()

    async def be_refiled(_: OnProgress) -> Outcome:
        # Before and after the start is on record, whichever comes first.
        for name in ("b.txt", "c.txt"):
            await refile(bench, job, name)
            await asyncio.sleep(0)
        return outcome

    runner = ScriptedRunner(be_refiled)
    await bench.work(runner)
    ended = await bench.get(job)
    assert (runner.starts, ended.runs[0].attempt, ended.file.name) == (1, 1, "c.txt")
    assert ended.expire_time == job.expire_time + 200
    assert ended.state is {Succeeded: JobState.SUCCEEDED, Refused: JobState.FAILED}.get(type(outcome), JobState.RUNNING)


async def test_a_file_that_is_refiled_between_the_claim_and_the_start_is_started(bench: Bench) -> None:
    job = await bench.submit()
    lease = await bench.engine.claim()
    await refile(bench, job, "b.txt")

    async def succeed(_: OnProgress) -> Outcome:
        return DONE

    attempt = await bench.advance.run(lease, ScriptedRunner(succeed))
    assert attempt is not None
    await refile(bench, job, "c.txt")
    await bench.advance.conclude(attempt)
    ended = await bench.get(job)
    assert (ended.state, ended.file.name, ended.runs[0].attempt) == (JobState.SUCCEEDED, "c.txt", 1)


async def test_an_attempt_that_never_started_is_not_forgiven_because_its_file_was_refiled(bench: Bench) -> None:
    job = await bench.submit()
    lease = await bench.engine.claim()
    await refile(bench, job, "b.txt")
    await bench.advance.forgive(lease, delay_seconds=0)
    assert (await bench.get(job)).runs[0].attempt == 0


async def test_a_refiled_file_gives_a_worker_without_a_lease_nothing_back(bench: Bench) -> None:
    job = await bench.submit()
    lease = await bench.engine.claim()

    async def succeed(_: OnProgress) -> Outcome:
        return DONE

    attempt = await bench.advance.run(lease, ScriptedRunner(succeed))
    assert attempt is not None
    await bench.engine.release(lease)
    await refile(bench, job, "b.txt")
    await bench.advance.conclude(attempt)
    assert (await bench.get(job)).runs[0].output is None


async def test_what_a_module_counted_is_on_record(bench: Bench) -> None:
    job = await bench.submit()

    async def count(_: OnProgress) -> Outcome:
        return replace(DONE, facts={"num_lines": 3})

    await bench.work(ScriptedRunner(count))
    assert (await bench.get(job)).runs[0].facts == {"num_lines": 3}


def spooled(data: bytes) -> Spooled:
    return Spooled(file=BytesIO(data), size_bytes=len(data), sha256="")


@pytest.mark.parametrize("kind", [bytes, spooled])
async def test_an_index_is_found_once_its_job_succeeded(bench: Bench, kind: Callable[[bytes], bytes | Spooled]) -> None:
    job = await bench.submit()
    lines = "".join(f'["w{n:04}",1,[["w{n:04}",{n},1]]]\n' for n in range(1, 5_001))

    async def make_index(_: OnProgress) -> Outcome:
        return replace(DONE, index=kind(lines.encode()))

    runner = ScriptedRunner(make_index)
    await bench.work(runner)
    for lemma, count in (("w0001", 1), ("w5000", 1), ("w5001", 0)):
        page = await bench.engine.search(
            TENANT, job.pipeline, [lemma], EVERY_FILE, now=SystemClock().now(), after=None, files_max=9
        )
        assert len(page.files) == count


@pytest.mark.parametrize("line", [b"junk", b'["a",1,[]]\n', b'["b",1,[["b",1,1]]]\n["a",1,[["a",1,1]]]\n'])
async def test_an_index_that_breaks_its_rules_is_the_modules_failure(bench: Bench, line: bytes) -> None:
    job = await bench.submit()
    index = spooled(line)

    async def make_index(_: OnProgress) -> Outcome:
        return replace(DONE, index=index)

    await bench.work(ScriptedRunner(make_index))
    ended = await bench.get(job)
    assert ended.state is JobState.FAILED
    assert ended.failure is not None
    assert ended.failure.reason == "MODULE_ERROR"
    assert index.file.closed


async def test_what_a_cancelled_job_made_is_closed(bench: Bench) -> None:
    job = await bench.submit()
    index, output = spooled(b""), spooled(b"[]")

    async def be_cancelled(_: OnProgress) -> Outcome:
        while (running := await bench.get(job)).state is not JobState.RUNNING:
            await asyncio.sleep(0)
        await bench.engine.update(running.cancel_requested(SystemClock().now()))
        return replace(DONE, output=output, index=index)

    await bench.work(ScriptedRunner(be_cancelled))
    assert (await bench.get(job)).state is JobState.CANCELLED
    assert index.file.closed
    assert output.file.closed


async def test_a_watch_that_tells_a_heartbeat_while_the_hub_closes_ends_at_once(bench: Bench) -> None:
    job = await bench.submit()
    report = Report(engine=bench.engine, hub=bench.hub, clock=SystemClock())
    watches = (
        Watch(engine=bench.engine, report=report, hub=bench.hub)(TENANT, [job.request_id], heartbeat_seconds=1),
        WatchPipeline(engine=bench.engine, hub=bench.hub, clock=SystemClock())(TENANT, "p", heartbeat_seconds=1),
    )
    for watch in watches:
        while not isinstance(await anext(watch), Heartbeat):
            pass
    bench.hub.close()
    for watch in watches:
        with pytest.raises(UnavailableError):
            await anext(watch)
