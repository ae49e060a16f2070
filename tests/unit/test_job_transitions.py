"""What a job can do, and what it never does, over all sequences of steps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.contents import Content
from octavo_server.domain.files import File
from octavo_server.domain.ids import FileId, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Failure, Job, JobState, ModuleRun, ModuleState

ATTEMPTS_MAX = 3
OUTPUT = Content(size_bytes=1, sha256="00")
FAILURE = Failure("parser", "NO_TEXT", "no text")
ALLOWED = {
    JobState.PENDING: {JobState.RUNNING, JobState.CANCELLED},
    JobState.RUNNING: {JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLING, JobState.CANCELLED},
    JobState.CANCELLING: {JobState.CANCELLED, JobState.CANCELLING},
    JobState.FAILED: {JobState.PENDING},
    JobState.CANCELLED: {JobState.PENDING},
}


def new_job(modules: int) -> Job:
    return Job(
        request_id=RequestId("r"),
        tenant=TenantId("t"),
        pipeline=PipelineName("p"),
        file=File(file_id=FileId("f"), name="a.txt", directory="/etc"),
        document=OUTPUT,
        runs=tuple(ModuleRun(name="parser", key=f"parser_{n}", model="sentence") for n in range(modules)),
        create_time=Instant(0),
        update_time=Instant(0),
        expire_time=Instant(100),
    )


def possible_steps(job: Job) -> dict[str, Job]:
    """Every step that the use cases may take with a job in this state."""
    now = Instant(job.update_time + 1)
    steps = {}
    if job.state in (JobState.PENDING, JobState.RUNNING):
        steps["start"] = job.module_started(now)
        steps["cancel"] = job.cancel_requested(now)
        if job.runs[job.current].state is ModuleState.RUNNING:
            steps["succeed"] = job.module_succeeded(now, OUTPUT)
            steps["fail"] = job.module_failed(now, FAILURE)
            steps["crash"] = job.module_crashed(now, FAILURE, attempts_max=ATTEMPTS_MAX)
            steps["release"] = job.module_released(now)
    if job.state is JobState.CANCELLING:
        steps["cancelled"] = job.cancelled(now)
        steps["cancel"] = job.cancel_requested(now)
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        steps["retry"] = job.retried(now)
    return steps


@given(st.integers(1, 4), st.lists(st.integers(0, 99), max_size=40))
def test_a_job_takes_only_allowed_steps_and_keeps_what_is_done(modules: int, choices: list[int]) -> None:
    job = new_job(modules)
    for choice in choices:
        steps = possible_steps(job)
        if job.state is JobState.SUCCEEDED:
            assert not steps
            break
        names = sorted(steps)
        after = steps[names[choice % len(names)]]
        assert after.state in ALLOWED[job.state]
        assert check_invariants(after)
        done_before = [run.output for run in job.runs if run.output]
        assert [run.output for run in after.runs if run.output][: len(done_before)] == done_before
        job = after


def check_invariants(job: Job) -> bool:
    done = [run.state is ModuleState.SUCCEEDED for run in job.runs]
    assert done == sorted(done, reverse=True), "modules succeed in chain order"
    assert all((run.output is not None) == ok for run, ok in zip(job.runs, done, strict=True))
    assert (job.state is JobState.SUCCEEDED) == all(done)
    assert (job.state is JobState.FAILED) == (job.failure is not None)
    assert sum(run.state is ModuleState.RUNNING for run in job.runs) <= 1
    if job.state.is_final:
        assert not any(run.state is ModuleState.RUNNING for run in job.runs)
    return True


def test_a_module_that_crashes_gets_three_attempts_and_then_its_job_fails() -> None:
    job = new_job(1)
    for crash in (1, 2, 3):
        job = job.module_started(Instant(crash)).module_crashed(Instant(crash), FAILURE, attempts_max=3)
        assert job.runs[0].attempt == crash
    assert job.state is JobState.FAILED
    assert job.failure == FAILURE


def test_an_attempt_that_the_server_took_back_does_not_count() -> None:
    job = new_job(1).module_started(Instant(1)).module_released(Instant(2))
    assert job.runs[0].attempt == 0
    assert job.runs[0].state is ModuleState.PENDING


def test_cancelling_between_modules_needs_nobody_to_stop() -> None:
    job = new_job(2).module_started(Instant(1)).module_succeeded(Instant(2), OUTPUT)
    assert job.cancel_requested(Instant(3)).state is JobState.CANCELLED
    assert job.module_started(Instant(3)).cancel_requested(Instant(4)).state is JobState.CANCELLING


def test_cancelling_twice_changes_nothing() -> None:
    cancelled = new_job(1).cancel_requested(Instant(1))
    assert cancelled.cancel_requested(Instant(2)) is cancelled


def test_a_job_expires_at_its_time_and_not_before() -> None:
    job = replace(new_job(1), expire_time=Instant(10))
    assert not job.has_expired(Instant(9.9))
    assert job.has_expired(Instant(10))


def test_a_retried_job_keeps_its_outputs_and_starts_the_rest_afresh() -> None:
    failed = new_job(2).module_started(Instant(1)).module_succeeded(Instant(2), OUTPUT)
    failed = failed.module_started(Instant(3)).module_failed(Instant(4), FAILURE)

    retried = failed.retried(Instant(5))

    assert (retried.state, retried.failure, retried.start_time) == (JobState.PENDING, None, None)
    assert retried.runs[0] == failed.runs[0]
    run = retried.runs[1]
    assert (run.state, run.failure, run.start_time, run.end_time) == (ModuleState.PENDING, None, None, None)
    assert (run.attempt, run.attempts_before) == (1, 1)


def test_a_retried_module_may_crash_as_often_as_a_new_one() -> None:
    job = new_job(1)
    for _ in range(2):
        for crash in range(3):
            job = job.module_started(Instant(1)).module_crashed(Instant(1), FAILURE, attempts_max=3)
            assert (job.state is JobState.FAILED) == (crash == 2)
        job = job.retried(Instant(2))
    assert job.runs[0].attempt == 6


def test_other_metadata_changes_nothing_of_the_work() -> None:
    job = new_job(1).module_started(Instant(1))

    refiled = job.refiled(Instant(2), replace(job.file, name="b.txt"), Instant(200))

    assert (refiled.file.name, refiled.file.update_time, refiled.expire_time) == ("b.txt", Instant(2), Instant(200))
    assert (refiled.runs, refiled.state, refiled.update_time) == (job.runs, job.state, job.update_time)
