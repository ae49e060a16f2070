"""Claim, run, record, repeat."""

import asyncio
from contextlib import AsyncExitStack, closing

import structlog

from octavo_server.domain.errors import OctavoError, UnavailableError
from octavo_server.ports.engine import Engine, Lease
from octavo_server.usecases.advance import Advance, Attempt
from octavo_server.worker.process import Child
from octavo_server.worker.sandbox import Sandbox

LOOPS_PER_CHILD = 2
"""One runs a module while the other makes the last result durable: a child never waits for a disk."""

TROUBLE_DELAY_SECONDS = 5.0
"""How long a job rests when this server, not its document, failed it (a full disk, a bug)."""

log = structlog.get_logger()


class WorkerLoop:
    """Keeps the children of a sandbox busy."""

    def __init__(self, *, engine: Engine, advance: Advance, sandbox: Sandbox, children: int) -> None:
        self._engine = engine
        self._advance = advance
        self._sandbox = sandbox
        self._count = children * LOOPS_PER_CHILD
        self._idle: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def run(self) -> None:
        """Work until `stop`, then finish the modules that run. Cancelling the call gives their jobs back at once."""
        async with asyncio.TaskGroup() as group:
            for index in range(self._count):
                group.create_task(self._repeat(), name=f"worker loop {index}")

    def stop(self) -> None:
        """Claim nothing more."""
        self._is_stopping = True
        for task in self._idle:
            task.cancel()

    async def _repeat(self) -> None:
        while not self._is_stopping:
            try:
                await self._once()
            except UnavailableError as error:
                log.warning("no job could be claimed", error=str(error), retry_seconds=error.retry_seconds)
                await asyncio.sleep(error.retry_seconds)

    async def _once(self) -> None:
        async with AsyncExitStack() as busy:
            task = asyncio.current_task()
            assert task is not None
            self._idle.add(task)
            try:
                # First a free child, then a job for it: a job is never held by somebody who can't run it.
                child = await busy.enter_async_context(self._sandbox.child())
                lease = await self._engine.claim()
            finally:
                self._idle.discard(task)
            if not child.is_usable:
                # It died while it was idle; that is no document's fault.
                await self._engine.release(lease)
                return
            try:
                await self._work(lease, child, busy)
            except Exception as trouble:  # noqa: BLE001  # whatever it is, one job's trouble must not end the loop
                await self._rest(lease, trouble)

    async def _work(self, lease: Lease, child: Child, busy: AsyncExitStack) -> None:
        attempt = await self._advance.run(lease, child)
        if attempt is None:
            return
        with closing(attempt):
            await busy.aclose()
            await self._advance.conclude(attempt)
            _tell(attempt)

    async def _rest(self, lease: Lease, trouble: Exception) -> None:
        """The job is not to blame, and not lost: it is tried again later."""
        log.error("job could not be advanced", request_id=lease.job.request_id, exc_info=trouble)
        try:
            await self._advance.forgive(lease, delay_seconds=TROUBLE_DELAY_SECONDS)
        except OctavoError as error:
            # Nothing can be recorded now. The lease runs out by itself, and the job is claimed again.
            log.warning("job could not be given back", request_id=lease.job.request_id, error=str(error))


def _tell(attempt: Attempt) -> None:
    """A line a module for the operator: which job, what came of it. Never what the document says."""
    run = attempt.job.runs[attempt.job.current]
    log.info(
        "module ended",
        request_id=attempt.job.request_id,
        module=run.key,
        attempt=run.attempt,
        outcome=type(attempt.outcome).__name__.lower(),
        reason=getattr(attempt.outcome, "reason", None),
    )
