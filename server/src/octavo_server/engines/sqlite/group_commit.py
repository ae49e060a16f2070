"""The thread that owns the connection. Operations that wait together share one transaction, and one fsync."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from octavo_server.domain.errors import OctavoError
from octavo_server.engines.refusals import closed
from octavo_server.engines.sqlite.accepting import accept_all
from octavo_server.engines.sqlite.housekeeping import Housekeeping
from octavo_server.engines.sqlite.operations import Acceptance, Chore, Operation
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.engines.sqlite.trouble import told
from octavo_server.ports.engine import StaleError

BATCH_OPERATIONS_MAX = 512
"""Operations a transaction, so that nobody waits for thousands of others."""

GATHER_SECONDS = 0.01
"""How long acceptances may wait for others to share their transaction, when lately there were more."""

T = TypeVar("T")
_STOP: Final = None
_WAKE: Final[list[Operation[Any]]] = []
"""Nothing to do but to look for chores."""


class GroupCommit:
    """Runs operations on one thread, and completes them on the event loop once they are durable."""

    def __init__(self, *, queue_jobs_max: int) -> None:
        self._queue_jobs_max = queue_jobs_max
        self._loop = asyncio.get_running_loop()
        self._gathered: list[Operation[Any]] = []
        self._usual_count = 1
        self._is_busy = False
        """Does the thread have a transaction to do? Only one at a time: meanwhile the next one gathers."""
        self._is_urgent = False
        """Has something gathered that must not wait for others?"""
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: SimpleQueue[list[Operation[Any]] | None] = SimpleQueue()
        self._chores: deque[Chore[Any]] = deque()
        self._is_closing = False
        self._ended = self._loop.create_future()

    async def start(self, open_tables: Callable[[], Tables]) -> None:
        """Raises what `open_tables` raises, which runs on the thread."""
        opened: asyncio.Future[None] = self._loop.create_future()
        # A daemon: should the loop end without `close`, the process ends as well; what is committed is on disk.
        threading.Thread(target=self._run, args=(open_tables, opened), name="sqlite", daemon=True).start()
        await opened

    async def run(self, work: Callable[[Tables], T], publish: Callable[[T], None] | None = None) -> T:
        """Durable on return. Raises what `work` raises, UnavailableError, ResourceExhaustedError (DISK_FULL)."""
        return await self.submit(Operation(work, publish))

    def submit(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Queue it. Raises UnavailableError after `close` has begun."""
        if self._is_closing:
            raise closed()
        self._gathered.append(operation)
        self._is_urgent |= not isinstance(operation, Acceptance)
        self._arrange()
        return operation.future

    async def run_patiently(self, chore: Chore[T]) -> T:
        """As `run`, in a moment when nobody else waits. For small pieces of what takes long: the thread rests after."""
        if self._is_closing:
            raise closed()
        self._chores.append(chore)
        self._waiting.put(_WAKE)
        return await chore.future

    async def close(self) -> None:
        """Finish what was submitted, and end the thread. Idempotent."""
        if not self._is_closing:
            self._is_closing = True
            while self._gathered:
                self._hand_over()
            self._waiting.put(_STOP)
        await asyncio.shield(self._ended)

    def _arrange(self) -> None:
        """Hand over what has gathered. Acceptances, if fewer than last time, may wait a little for more.

        A transaction costs the processor as much as some ten acceptances. A lone caller never waits: its last time
        was one, and now there is one.
        """
        if self._is_busy or not self._gathered:
            return
        if self._is_urgent or len(self._gathered) >= self._usual_count:
            self._hand_over()
        elif self._timer is None:
            self._timer = self._loop.call_later(GATHER_SECONDS, self._hand_over)

    def _hand_over(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        batch, self._gathered = self._gathered[:BATCH_OPERATIONS_MAX], self._gathered[BATCH_OPERATIONS_MAX:]
        if not self._is_urgent:
            self._usual_count = len(batch)
        self._is_urgent = False
        self._is_busy = True
        self._waiting.put(batch)

    def _complete(self, done: Sequence[Operation[Any]]) -> None:
        self._is_busy = False
        self._tell(done)
        self._arrange()

    def _tell(self, done: Sequence[Operation[Any]]) -> None:
        """`done` is in the order of revisions, in which changes must be told."""
        for operation in done:
            operation.complete()

    def _run(self, open_tables: Callable[[], Tables], opened: asyncio.Future[None]) -> None:
        # The loop may be gone; then there is nobody left to tell.
        with contextlib.suppress(RuntimeError):
            try:
                tables = open_tables()
            except Exception as error:  # noqa: BLE001  # raised again, where `start` is awaited
                self._loop.call_soon_threadsafe(_settle, opened, error)
                return
            self._loop.call_soon_threadsafe(_settle, opened, None)
            try:
                self._serve(tables)
            finally:
                tables.close()
            self._loop.call_soon_threadsafe(_settle, self._ended, None)

    def _serve(self, tables: Tables) -> None:
        housekeeping = Housekeeping(tables, lambda: self._do_chore(tables))
        while (batch := self._next(housekeeping)) is not _STOP:
            self._loop.call_soon_threadsafe(self._complete, self._done(tables, batch))
        while self._do_chore(tables):
            pass

    def _next(self, housekeeping: Housekeeping) -> list[Operation[Any]] | None:
        """Wait for what is to be done next; in between keep house."""
        while True:
            try:
                batch = self._waiting.get(timeout=housekeeping.seconds_left(has_chore=bool(self._chores)))
            except Empty:
                housekeeping.step()
            else:
                if batch is not _WAKE:
                    housekeeping.served_at = time.monotonic()
                    return batch

    def _do_chore(self, tables: Tables) -> bool:
        if not self._chores:
            return False
        chore = self._chores.popleft()
        began = time.monotonic()
        done = self._done(tables, [chore])
        if chore.error is None:
            chore.took(chore.result, time.monotonic() - began)
        self._loop.call_soon_threadsafe(self._tell, done)
        return True

    def _done(self, tables: Tables, batch: Sequence[Operation[Any]]) -> Sequence[Operation[Any]]:
        """The operations, each with what came of it, in the order of their revisions."""
        done: list[Operation[Any]] = []
        try:
            self._transact(tables, batch, done)
        except Exception as error:  # noqa: BLE001  # the thread must go on: told to those who wait
            # What is done stays as it is: it may be on disk.
            finished = set(done)
            done += _failed([one for one in batch if one not in finished], error)
        return done

    def _transact(self, tables: Tables, batch: Sequence[Operation[Any]], done: list[Operation[Any]]) -> None:
        """Adds to `done` each operation whose fate is settled, in the order of revisions."""
        try:
            tables.begin()
            written = self._write(tables, batch)
        except Exception as error:  # noqa: BLE001  # told to the caller whose operation it is
            tables.roll_back()
            if len(batch) == 1:
                done += _failed(batch, error)
                return
            # One of them can't be done. Alone, each fails only for itself.
            for operation in batch:
                self._transact(tables, [operation], done)
            return
        try:
            tables.commit()
        except sqlite3.Error as error:
            done += _failed(batch, error)
            tables.roll_back()
        else:
            done += written

    def _write(self, tables: Tables, batch: Sequence[Operation[Any]]) -> Sequence[Operation[Any]]:
        """Returns the operations in the order of their revisions."""
        for operation in batch:
            operation.start()
        acceptances = [operation for operation in batch if isinstance(operation, Acceptance)]
        others = [operation for operation in batch if not isinstance(operation, Acceptance)]
        written: list[Operation[Any]] = []
        if acceptances:
            written += accept_all(tables, acceptances, queue_jobs_max=self._queue_jobs_max)
        for operation in others:
            try:
                operation.result = operation.work(tables)
            except (OctavoError, StaleError) as refusal:
                # Refused before it wrote anything.
                operation.error = refusal
        return written + others


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error:
        future.set_exception(error)
    else:
        future.set_result(None)


def _failed(batch: Sequence[Operation[Any]], error: Exception) -> Sequence[Operation[Any]]:
    for operation in batch:
        operation.error = told(error)
    return batch
