"""Run one module of one job, and record what came of it."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import BinaryIO

from octavo_server.domain.contents import INLINE_BYTES_MAX, Content, describe
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey
from octavo_server.domain.jobs import Failure, Job, JobState
from octavo_server.domain.limits import STARTS_MAX, Limits
from octavo_server.domain.modules import ModuleSpecs
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.clock import Clock, Ids
from octavo_server.ports.engine import Engine, Lease, StaleError
from octavo_server.ports.runner import Crashed, Outcome, Refused, Runner, Spooled, Succeeded, Task
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.index_lines import BrokenIndexError
from octavo_server.usecases.keep_index import KeepIndex
from octavo_server.usecases.recorder import Recorder

TIME_LIMIT = "TIME_LIMIT"
MODULE_ERROR = "MODULE_ERROR"
DOCUMENT_LOST = Refused("DOCUMENT_LOST", "the document's bytes are gone from the server's disk")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one run of a module came to. `job` is as recorded when the module started."""

    lease: Lease
    job: Job
    outcome: Outcome

    def close(self) -> None:
        """Close what the module made, kept or not."""
        if isinstance(self.outcome, Succeeded):
            self.outcome.close()


class Advance:
    """Takes jobs one module further.

    In two halves, so that a child process is free for the next module while the result of this one is made durable.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        blobs: Blobs,
        hub: WatchHub,
        clock: Clock,
        ids: Ids,
        specs: ModuleSpecs,
        limits: Limits,
        lease_seconds: float,
    ) -> None:
        self._engine = engine
        self._record = Recorder(engine=engine)
        self._index = KeepIndex(engine=engine, extend_seconds=lease_seconds / 3)
        self._blobs = blobs
        self._hub = hub
        self._clock = clock
        self._ids = ids
        self._specs = specs
        self._limits = limits
        self._extend_seconds = lease_seconds / 3

    async def run(self, lease: Lease, runner: Runner) -> Attempt | None:
        """Run the leased job's current module; None if the job needs no run or is no longer ours.

        Stops the module at once when the job is cancelled or removed. A cancelled call gives the job back. Raises what
        goes wrong on the server's side: then call `forgive`.
        """
        if lease.job.state is JobState.CANCELLING:
            await self._cancelled(lease)
            return None
        try:
            return await self._attempt(lease, runner)
        except StaleError:
            await self._cancelled(lease)
            return None
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(lease))
            raise

    async def conclude(self, attempt: Attempt) -> None:
        """Record the attempt's outcome, and close it. If the job changed or went meanwhile, what it wanted holds
        instead; a file that was refiled keeps its new place.
        """
        try:
            if isinstance(attempt.outcome, Succeeded):
                await self._keep_result(attempt, attempt.outcome)
            else:
                await self._record(attempt.lease, attempt.job, self._failing(attempt.outcome))
        except StaleError:
            await self._cancelled(attempt.lease)
        finally:
            attempt.close()

    async def _keep_result(self, attempt: Attempt, made: Succeeded) -> None:
        """The index before the output: once the output is recorded, the lease is over."""
        lease, job = attempt.lease, attempt.job
        if made.index is not None:
            try:
                await self._index(lease, made.index)
            except BrokenIndexError as broken:
                await self._record(lease, job, self._failing(Refused(MODULE_ERROR, str(broken))))
                return
        if isinstance(made.output, bytes) and len(made.output) <= INLINE_BYTES_MAX:
            content = describe(made.output, made.media_type)
            await self._record(lease, job, self._succeeding(made, content), inline=made.output)
            return
        key = BlobKey(self._ids.uuid().replace("-", ""))
        content = await self._kept(key, made.output, made.media_type)
        try:
            await self._record(lease, job, self._succeeding(made, content))
        except StaleError:
            await self._blobs.delete([key])
            raise

    def _succeeding(self, made: Succeeded, content: Content) -> Callable[[Job], Job]:
        now = self._clock.now()
        return lambda job: job.module_succeeded(now, content, made.warnings, made.metadata, made.facts)

    def _failing(self, outcome: Refused | Crashed) -> Callable[[Job], Job]:
        now = self._clock.now()

        def step(job: Job) -> Job:
            if isinstance(outcome, Refused):
                return job.module_failed(now, _failure(job, outcome.reason, outcome.message))
            times = job.runs[job.current].crashes + 1
            text = f"{outcome.message} ({times} attempts)" if times > 1 else outcome.message
            return job.module_crashed(
                now,
                _failure(job, outcome.reason, text),
                attempts_max=self._limits.attempts_max,
                extractors_spent=outcome.extractors_spent,
            )

        return step

    async def _kept(self, key: BlobKey, output: bytes | Spooled, media_type: str) -> Content:
        """A large output, in the blob store."""
        if isinstance(output, bytes):
            await self._blobs.put(key, output)
            return await asyncio.to_thread(describe, output, media_type, key)
        await self._blobs.put(key, output.file)
        return Content(size_bytes=output.size_bytes, sha256=output.sha256, media_type=media_type, blob_key=key)

    async def forgive(self, lease: Lease, *, delay_seconds: float) -> None:
        """The server could not do its part (a full disk, a fault of ours): the attempt does not count, and the job is
        claimable again after the delay.
        """
        with suppress(NotFoundError, StaleError):
            job = await self._engine.get(lease.job.tenant, lease.job.request_id)
            if _is_started(job, lease):
                await self._record(lease, job, lambda job: job.attempt_forgiven(self._clock.now()))
        await self._engine.release(lease, delay_seconds=delay_seconds)

    async def _attempt(self, lease: Lease, runner: Runner) -> Attempt:
        """Raises StaleError when the job is cancelled, removed, or another worker's."""
        is_stale, outcome, job = False, None, None
        with ExitStack() as undone:
            undone.callback(lambda: _discard(outcome))
            try:
                async with asyncio.TaskGroup() as group:
                    keeper = group.create_task(self._keep(lease), name=f"keep lease of {lease.job.request_id}")
                    guard = group.create_task(self._guard(lease), name=f"guard {lease.job.request_id}")
                    # The module needs not wait until its start is on disk; only its result must come after it.
                    started = group.create_task(self._start(lease), name="record start")
                    outcome = await self._outcome(lease, runner)
                    job = await started
                    guard.cancel()
                    keeper.cancel()
            except* StaleError:
                is_stale = True
            if is_stale or outcome is None or job is None:
                raise StaleError
            undone.pop_all()
        return Attempt(lease, job, outcome)

    async def _start(self, lease: Lease) -> Job:
        now = self._clock.now()
        return await self._record(lease, lease.job, lambda job: job.module_started(now))

    async def _outcome(self, lease: Lease, runner: Runner) -> Outcome:
        job = lease.job
        run = job.runs[job.current]
        starts = run.attempt - run.attempts_before
        if starts >= STARTS_MAX:
            return Refused("SERVER_DIED", f"the server stopped {starts} times while the module ran")
        if run.name not in self._specs:
            # A plug-in that was there when the job was accepted need not be there after a restart.
            return Refused("MODULE_MISSING", f"there is no module {run.name!r} on this server any more")
        seconds_max = self._seconds_left(job)
        if seconds_max <= 0:
            return self._late(job)
        try:
            source = await self._source(job)
        except NotFoundError:
            return DOCUMENT_LOST
        try:
            previous = job.runs[job.current - 1].output if job.current else None
            task = Task(
                run=run,
                file_name=job.file.name,
                media_type=previous.media_type if previous else "",
                source=source,
                seconds_max=seconds_max,
            )
            outcome = await runner.run(task, lambda progress: self._engine.report(lease, progress))
        finally:
            if not isinstance(source, bytes):
                source.close()
        is_late = isinstance(outcome, Refused) and outcome.reason == TIME_LIMIT
        return self._late(job) if is_late else outcome

    async def _source(self, job: Job) -> bytes | BinaryIO:
        index = job.current
        content = job.runs[index - 1].output if index else job.document
        assert content is not None
        if content.blob_key is None:
            return await self._engine.inline(job.request_id, index - 1 if index else "document")
        return await self._blobs.open(content.blob_key)

    def _seconds_left(self, job: Job) -> float:
        """Of the module's own time, and of the job's, if it has a limit."""
        own = self._limits.module_seconds_max - job.runs[job.current].seconds_spent
        if job.processing_seconds_max is None:
            return own
        now = self._clock.now()
        since_start = now - (job.start_time if job.start_time is not None else now)
        return min(own, job.processing_seconds_max - since_start)

    def _late(self, job: Job) -> Refused:
        run = job.runs[job.current]
        if self._seconds_left(job) < self._limits.module_seconds_max - run.seconds_spent:
            return Refused(TIME_LIMIT, f"not done within the processing_timeout of {job.processing_seconds_max:g} s")
        attempts = f" in {run.attempt + 1} attempts" if run.seconds_spent else ""
        return Refused(TIME_LIMIT, f"stopped after {self._limits.module_seconds_max:g} s{attempts}")

    async def _keep(self, lease: Lease) -> None:
        """Extend the lease until cancelled, whatever else happens. Raises StaleError when it is lost."""
        while True:
            await asyncio.sleep(self._extend_seconds)
            await self._engine.extend(lease)

    async def _guard(self, lease: Lease) -> None:
        """Raises StaleError when the job is cancelled or removed."""
        job = lease.job
        with self._hub.observe([job.request_id]) as subscription:
            while True:
                await subscription.bell.wait()
                subscription.take()
                try:
                    job = await self._engine.get(job.tenant, job.request_id)
                except NotFoundError:
                    raise StaleError from None
                if job.state is JobState.CANCELLING:
                    raise StaleError

    async def _cancelled(self, lease: Lease) -> None:
        """Record CANCELLED if that is why the lease is of no use, and give it back in any case."""
        with suppress(NotFoundError, StaleError):
            job = await self._engine.get(lease.job.tenant, lease.job.request_id)
            if job.state is JobState.CANCELLING:
                await self._record(lease, job, lambda job: job.cancelled(self._clock.now()))
        await self._engine.release(lease)

    async def _give_back(self, lease: Lease) -> None:
        """This server stops: the attempt does not count."""
        with suppress(NotFoundError, StaleError):
            job = await self._engine.get(lease.job.tenant, lease.job.request_id)
            if _is_started(job, lease):
                await self._record(lease, job, lambda job: job.module_released(self._clock.now()))
        await self._engine.release(lease)


def _discard(outcome: Outcome | None) -> None:
    if isinstance(outcome, Succeeded):
        outcome.close()


def _is_started(job: Job, lease: Lease) -> bool:
    """Was the attempt of this lease recorded? Not told by the revision: a file that is refiled has a new one, too."""
    return job.state is JobState.RUNNING and job.runs != lease.job.runs


def _failure(job: Job, reason: str, message: str) -> Failure:
    return Failure(module=job.runs[job.current].key, reason=reason, message=message)
