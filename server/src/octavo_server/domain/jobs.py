"""One pass of one file through one pipeline: its state, and every step it can take."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from octavo_server.domain.contents import Content
from octavo_server.domain.files import File
from octavo_server.domain.ids import UNRECORDED, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.domain.modules import Params


class JobState(StrEnum):
    """PENDING -> RUNNING -> SUCCEEDED | FAILED; PENDING | RUNNING -> CANCELLING -> CANCELLED."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """A job in a final state never changes again, unless a caller retries it."""
        return self in FINAL_STATES


FINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})
UNFINISHED_STATES = frozenset(JobState) - FINAL_STATES


class ModuleState(StrEnum):
    """Where one module of a job's chain is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Which waiting job goes first: the higher one, then the older one."""

    LOW = 1
    NORMAL = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a module gave up: a constant to program against, and a sentence for people."""

    module: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running module is. Best effort: never stored, no revision."""

    unit: str
    completed: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRun:
    """One module of a job's chain and what came of it."""

    name: str
    key: str
    model: str
    params: Params = field(default_factory=dict)
    state: ModuleState = ModuleState.PENDING
    attempt: int = 0
    """How often it was started."""
    attempts_before: int = 0
    """How many of these starts were before the job was last retried."""
    crashes: int = 0
    """How many of these attempts the module itself ended by taking its process down."""
    extractors_spent: int = 0
    """How many extractors, in their order, crashed attempts went through: the next attempt leaves them out."""
    seconds_spent: float = 0.0
    """How long these attempts took in all: the next has only the rest of the module's time."""
    start_time: Instant | None = None
    end_time: Instant | None = None
    output: Content | None = None
    failure: Failure | None = None
    warnings: tuple[str, ...] = ()
    metadata: DocumentMetadata | None = None
    """What it learned about the document; None if it has not read one."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """What it counted in its output, by name."""

    def afresh(self) -> "ModuleRun":
        """As before its first attempt, but for the number of attempts."""
        return ModuleRun(
            name=self.name,
            key=self.key,
            model=self.model,
            params=self.params,
            attempt=self.attempt,
            attempts_before=self.attempt,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The state of a job. Methods return the next state; the engine gives it the next revision."""

    request_id: RequestId
    tenant: TenantId
    pipeline: PipelineName
    file: File
    document: Content
    runs: tuple[ModuleRun, ...]
    create_time: Instant
    update_time: Instant
    expire_time: Instant
    state: JobState = JobState.PENDING
    priority: Priority = Priority.NORMAL
    failure: Failure | None = None
    start_time: Instant | None = None
    """When its first module was first started."""
    processing_seconds_max: float | None = None
    """How long it may take from then on; None: only each module's own limit holds."""
    idempotency_key: str = ""
    fingerprint: str = ""
    """Tells whether another request with the same idempotency key is the same request."""
    revision: Revision = UNRECORDED

    @property
    def chain(self) -> tuple[str, ...]:
        """The names of its modules."""
        return tuple(run.name for run in self.runs)

    @property
    def current(self) -> int:
        """The index of the first module without a recorded output. The job must not have succeeded."""
        return next(index for index, run in enumerate(self.runs) if run.output is None)

    def has_expired(self, now: Instant) -> bool:
        """An expired job is as if it had never been."""
        return self.expire_time <= now

    def module_started(self, now: Instant) -> "Job":
        """The current module starts an attempt; also after a crash in the middle of the attempt before."""
        assert self.state in (JobState.PENDING, JobState.RUNNING), self.state
        run = self.runs[self.current]
        started = replace(run, state=ModuleState.RUNNING, attempt=run.attempt + 1, start_time=now)
        first = self.start_time if self.start_time is not None else now
        return self._with(started, now, state=JobState.RUNNING, start_time=first)

    def module_succeeded(
        self,
        now: Instant,
        output: Content,
        warnings: tuple[str, ...] = (),
        metadata: DocumentMetadata | None = None,
        facts: Mapping[str, int] | None = None,
    ) -> "Job":
        """The current module's output is there: on to the next module, or the job has succeeded."""
        assert self.state is JobState.RUNNING, self.state
        run = self.runs[self.current]
        done = replace(
            run,
            state=ModuleState.SUCCEEDED,
            end_time=now,
            output=output,
            warnings=warnings,
            metadata=metadata,
            facts=facts or {},
        )
        is_last = self.current == len(self.runs) - 1
        return self._with(done, now, state=JobState.SUCCEEDED if is_last else JobState.RUNNING)

    def module_crashed(self, now: Instant, failure: Failure, *, attempts_max: int, extractors_spent: int = 0) -> "Job":
        """The current module took its process down: another attempt, or after `attempts_max` of these, FAILED.

        `extractors_spent`: how many extractors this attempt went through, the one that crashed included.
        """
        run = self.runs[self.current]
        is_own_doing = extractors_spent > 0
        # A clock may be set back.
        took = max(0.0, now - (run.start_time if is_own_doing and run.start_time is not None else now))
        crashed = replace(
            run,
            seconds_spent=run.seconds_spent + took,
            crashes=run.crashes + 1,
            extractors_spent=run.extractors_spent + extractors_spent,
            state=ModuleState.PENDING,
        )
        job = self._with(crashed, now)
        return job.module_failed(now, failure) if crashed.crashes >= attempts_max else job

    def module_failed(self, now: Instant, failure: Failure) -> "Job":
        """The current module can't do its work, and another attempt would not help."""
        assert self.state is JobState.RUNNING, self.state
        failed = replace(self.runs[self.current], state=ModuleState.FAILED, end_time=now, failure=failure)
        return self._with(failed, now, state=JobState.FAILED, failure=failure)

    def module_released(self, now: Instant) -> "Job":
        """The attempt ends without a result and without blame: its server stops."""
        run = self.runs[self.current]
        return self._with(replace(run, state=ModuleState.PENDING, attempt=run.attempt - 1), now)

    def attempt_forgiven(self, now: Instant) -> "Job":
        """The attempt does not count, for it was the server that failed; the module is to start again."""
        run = self.runs[self.current]
        return self._with(replace(run, attempt=run.attempt - 1), now)

    def cancel_requested(self, now: Instant) -> "Job":
        """CANCELLING while a module runs, else CANCELLED; unchanged if it is one of the two already."""
        if self.state in (JobState.CANCELLING, JobState.CANCELLED):
            return self
        assert not self.state.is_final, self.state
        cancelling = replace(self, state=JobState.CANCELLING, update_time=now)
        is_running = self.runs[self.current].state is ModuleState.RUNNING
        return cancelling if is_running else cancelling.cancelled(now)

    def cancelled(self, now: Instant) -> "Job":
        """The running module, if there was one, is stopped."""
        assert self.state is JobState.CANCELLING, self.state
        runs = tuple(
            run if run.output else replace(run, state=ModuleState.CANCELLED, end_time=now) for run in self.runs
        )
        return replace(self, runs=runs, state=JobState.CANCELLED, update_time=now)

    def retried(self, now: Instant) -> "Job":
        """To be run again, from the first module without an output on. Its attempts count on, their blame does not."""
        assert self.state in (JobState.FAILED, JobState.CANCELLED), self.state
        runs = tuple(run if run.output else run.afresh() for run in self.runs)
        return replace(self, runs=runs, state=JobState.PENDING, failure=None, start_time=None, update_time=now)

    def refiled(self, now: Instant, file: File, expire_time: Instant) -> "Job":
        """With other metadata, or another time to expire; nothing else of it changes."""
        assert file.file_id == self.file.file_id, file
        return replace(self, file=replace(file, update_time=now), expire_time=expire_time)

    def _with(
        self,
        run: ModuleRun,
        now: Instant,
        *,
        state: JobState | None = None,
        failure: Failure | None = None,
        start_time: Instant | None = None,
    ) -> "Job":
        at = self.current
        return replace(
            self,
            runs=(*self.runs[:at], run, *self.runs[at + 1 :]),
            update_time=now,
            state=self.state if state is None else state,
            failure=failure,
            start_time=self.start_time if start_time is None else start_time,
        )
