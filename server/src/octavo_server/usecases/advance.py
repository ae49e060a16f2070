"""Run one module of one job, and record what came of it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from octavo_server.domain.contents import INLINE_BYTES_MAX, Content, describe
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey
from octavo_server.domain.jobs import Failure, Job, JobState
from octavo_server.domain.limits import STARTS_MAX, Limits
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.clock import Clock, Ids
from octavo_server.ports.engine import Engine, Lease, StaleError
from octavo_server.ports.runner import Crashed, Outcome, Refused, Runner, Spooled, Succeeded, Task
from octavo_server.usecases.hub import WatchHub

TIME_LIMIT = "TIME_LIMIT"
DOCUMENT_LOST = Refused("DOCUMENT_LOST", "the document's bytes are gone from the server's disk")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one run of a module came to. `job` is as recorded when the module started."""

    lease: Lease
    job: Job
    outcome: Outcome


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
        limits: Limits,
        lease_seconds: float,
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._hub = hub
        self._clock = clock
        self._ids = ids
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
        """Record the attempt's outcome. If the job changed or went meanwhile, what it wanted holds instead."""
        now = self._clock.now()
        job, inline, key = attempt.job, None, None
        match attempt.outcome:
            case Succeeded(output=output, media_type=media_type, warnings=warnings, metadata=metadata):
                if isinstance(output, bytes) and len(output) <= INLINE_BYTES_MAX:
                    inline, content = output, describe(output, media_type)
                else:
                    key = BlobKey(self._ids.uuid().replace("-", ""))
                    content = await self._kept(key, output, media_type)
                job = job.module_succeeded(now, content, warnings, metadata)
            case Refused(reason, message):
                job = job.module_failed(now, _failure(job, reason, message))
            case Crashed(reason, message, extractors_spent):
                times = job.runs[job.current].crashes + 1
                text = f"{message} ({times} attempts)" if times > 1 else message
                job = job.module_crashed(
                    now,
                    _failure(job, reason, text),
                    attempts_max=self._limits.attempts_max,
                    extractors_spent=extractors_spent,
                )
        try:
            await self._engine.record(attempt.lease, job, inline)
        except StaleError:
            if key:
                await self._blobs.delete([key])
            await self._cancelled(attempt.lease)

    async def _kept(self, key: BlobKey, output: bytes | Spooled, media_type: str) -> Content:
        """A large output, in the blob store."""
        if isinstance(output, bytes):
            await self._blobs.put(key, output)
            return await asyncio.to_thread(describe, output, media_type, key)
        with output.file:
            await self._blobs.put(key, output.file)
        return Content(size_bytes=output.size_bytes, sha256=output.sha256, media_type=media_type, blob_key=key)

    async def forgive(self, lease: Lease, *, delay_seconds: float) -> None:
        """The server could not do its part (a full disk, a fault of ours): the attempt does not count, and the job is
        claimable again after the delay.
        """
        with suppress(NotFoundError, StaleError):
            job = await self._engine.get(lease.job.tenant, lease.job.request_id)
            if _is_started(job, lease):
                await self._engine.record(lease, job.attempt_forgiven(self._clock.now()))
        await self._engine.release(lease, delay_seconds=delay_seconds)

    async def _attempt(self, lease: Lease, runner: Runner) -> Attempt:
        """Raises StaleError when the job is cancelled, removed, or another worker's."""
        is_stale, outcome = False, None
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep(lease), name=f"keep lease of {lease.job.request_id}")
                guard = group.create_task(self._guard(lease), name=f"guard {lease.job.request_id}")
                # The module needs not wait until its start is on disk; only its result must come after it.
                started = group.create_task(
                    self._engine.record(lease, lease.job.module_started(self._clock.now())), name="record start"
                )
                outcome = await self._outcome(lease, runner)
                job = await started
                guard.cancel()
                keeper.cancel()
        except* StaleError:
            is_stale = True
        if is_stale or outcome is None:
            _discard(outcome)
            raise StaleError
        return Attempt(lease, job, outcome)

    async def _outcome(self, lease: Lease, runner: Runner) -> Outcome:
        job = lease.job
        run = job.runs[job.current]
        if run.attempt >= STARTS_MAX:
            return Refused("SERVER_DIED", f"the server stopped {run.attempt} times while the module ran")
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
                await self._engine.record(lease, job.cancelled(self._clock.now()))
        await self._engine.release(lease)

    async def _give_back(self, lease: Lease) -> None:
        """This server stops: the attempt does not count."""
        with suppress(NotFoundError, StaleError):
            job = await self._engine.get(lease.job.tenant, lease.job.request_id)
            if _is_started(job, lease):
                await self._engine.record(lease, job.module_released(self._clock.now()))
        await self._engine.release(lease)


def _discard(outcome: Outcome | None) -> None:
    if isinstance(outcome, Succeeded) and isinstance(outcome.output, Spooled):
        outcome.output.file.close()


def _is_started(job: Job, lease: Lease) -> bool:
    """Was the attempt of this lease recorded?"""
    return job.state is JobState.RUNNING and job.revision != lease.job.revision


def _failure(job: Job, reason: str, message: str) -> Failure:
    return Failure(module=job.runs[job.current].key, reason=reason, message=message)
