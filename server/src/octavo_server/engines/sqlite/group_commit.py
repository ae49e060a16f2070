"""The thread that owns the connection. Operations that wait together share one transaction, and one fsync."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from octavo_server.domain.errors import OctavoError
from octavo_server.engines.refusals import closed
from octavo_server.engines.sqlite.accepting import accept_all
from octavo_server.engines.sqlite.keywords import forget_left
from octavo_server.engines.sqlite.operations import Acceptance, Operation
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.engines.sqlite.trouble import told
from octavo_server.ports.engine import StaleError

BATCH_OPERATIONS_MAX = 512
"""Operations a transaction, so that nobody waits for thousands of others."""

GATHER_SECONDS = 0.01
"""How long acceptances may wait for others to share their transaction, when lately there were more."""

PURGE_SECONDS = 60.0
"""How often, at most, the write-ahead log is emptied because something was removed, whose text is still in it."""

FORGET_PAUSE_SECONDS = 0.01
"""Between steps that delete what is left of search indexes, so that they leave the disk to others."""

T = TypeVar("T")
_STOP: Final = None


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
        self._is_closing = False
        self._purge_at = 0.0
        self._forget_at = 0.0
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
        """`done` is in the order of revisions, in which changes must be told."""
        self._is_busy = False
        for operation in done:
            operation.complete()
        self._arrange()

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
        while (batch := self._next(tables)) is not _STOP:
            done: list[Operation[Any]] = []
            try:
                self._transact(tables, batch, done)
            except Exception as error:  # noqa: BLE001  # the thread must go on: told to those who wait
                # What is done stays as it is: it may be on disk.
                finished = set(done)
                done += _failed([one for one in batch if one not in finished], error)
            self._loop.call_soon_threadsafe(self._complete, done)

    def _next(self, tables: Tables) -> list[Operation[Any]] | None:
        """Wait for what is to be done next; in between tidy up, if that is due."""
        while True:
            due = [at for at in (self._purge_due(tables), self._forget_due(tables)) if at is not None]
            try:
                return self._waiting.get(timeout=max(0.0, min(due) - time.monotonic()) if due else None)
            except Empty:
                self._tidy(tables)

    def _purge_due(self, tables: Tables) -> float | None:
        return self._purge_at if tables.has_removed else None

    def _forget_due(self, tables: Tables) -> float | None:
        return self._forget_at if tables.has_left_keywords else None

    def _tidy(self, tables: Tables) -> None:
        """One step. Nothing is lost if it fails; what ails the disk, the next caller is told."""
        now = time.monotonic()
        if tables.has_left_keywords and self._forget_at <= now:
            self._forget_at = now + PURGE_SECONDS
            with contextlib.suppress(sqlite3.Error):
                self._forget_keywords(tables)
                self._forget_at = time.monotonic() + FORGET_PAUSE_SECONDS
        elif tables.has_removed and self._purge_at <= now:
            self._purge_at = now + PURGE_SECONDS
            with contextlib.suppress(sqlite3.Error):
                tables.purge_log()

    def _forget_keywords(self, tables: Tables) -> None:
        try:
            tables.begin()
            forget_left(tables)
            tables.commit()
        except BaseException:
            tables.roll_back()
            raise

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
