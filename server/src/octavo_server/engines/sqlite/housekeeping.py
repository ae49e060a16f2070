"""What the owned thread does while nobody waits for it, in short steps with rests between them."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from octavo_server.engines.sqlite.keywords import forget_left, merge_forgotten
from octavo_server.engines.sqlite.pace import Pace
from octavo_server.engines.sqlite.tables import Tables

PURGE_SECONDS = 60.0
"""How often, at most, the write-ahead log is emptied because something was removed, whose text is still in it; and how
long to wait after a step has failed."""

PARTS_MAX = 50
"""Parts of search indexes forgotten in one step, at most."""

MERGE_SECONDS = 3_600.0
"""How often, at most, search indexes are rewritten without the words of removed jobs: it writes the whole of them."""

PAGES_FIRST = 16
PAGES_MAX = 1_000
"""Pages (4 KiB) of search indexes rewritten in one step, at most."""

WRITTEN_MILLISECONDS_MAX = 25
"""So long may steps write before what they wrote is moved into the database: well before the log is so long that a
commit would have to."""

QUIET_SECONDS = 1.0
"""If nobody came for so long, there is nobody to rest for."""

T = TypeVar("T")


class Housekeeping:
    """Used on the thread only. Nothing is lost if a step fails; what ails the disk, the next caller is told."""

    def __init__(self, tables: Tables, chore: Callable[[], bool]) -> None:
        """`chore` does a piece of what callers can wait for; false: there is none."""
        self._tables = tables
        self._chore = chore
        self._parts = Pace(first=4, most=PARTS_MAX)
        self._pages = Pace(first=PAGES_FIRST, most=PAGES_MAX)
        self._written_milliseconds = 0.0
        self._log = Pace(first=10, most=WRITTEN_MILLISECONDS_MAX)
        """How many milliseconds of writing are moved into the database together."""
        self.served_at = 0.0
        """When somebody was waited on last."""
        self._is_turn_of_chores = False
        self._rest_until = 0.0
        self._forget_at = 0.0
        self._merge_at = 0.0
        self._purge_at = 0.0

    def seconds_left(self, *, has_chore: bool) -> float | None:
        """Until the next step is due; None: nothing is to be done."""
        due = [0.0] if has_chore else []
        if self._tables.has_left_keywords:
            due.append(self._forget_at)
        elif self._tables.has_unmerged_keywords:
            due.append(self._merge_at)
        if self._tables.has_removed:
            due.append(self._purge_at)
        return max(0.0, max(self._rest_until, min(due)) - time.monotonic()) if due else None

    def step(self) -> None:
        """Do what is due, and rest as long as it took if there are others: half of the time is for them."""
        began = time.monotonic()
        if self._written_milliseconds >= self._log.amount:
            self._move_log(began)
        elif self._tables.has_removed and self._purge_at <= began:
            self._purge_at = began + PURGE_SECONDS
            with contextlib.suppress(sqlite3.Error):
                self._tables.purge_log()
        elif self._work(began):
            self._written_milliseconds += (time.monotonic() - began) * 1_000
        now = time.monotonic()
        self._rest_until = now + (now - began) if now - self.served_at < QUIET_SECONDS else now

    def _work(self, now: float) -> bool:
        """Chores and what is left of search indexes take turns: neither waits for the other's end."""
        self._is_turn_of_chores = not self._is_turn_of_chores
        if self._is_turn_of_chores and self._chore():
            return True
        return self._forget(now) or self._chore() or self._merge(now)

    def _forget(self, now: float) -> bool:
        if not self._tables.has_left_keywords or self._forget_at > now:
            return False
        self._forget_at = now + PURGE_SECONDS
        with contextlib.suppress(sqlite3.Error):
            most = int(self._parts.amount)
            done = self._in_transaction(lambda: forget_left(self._tables, most))
            self._tables.has_left_keywords = done == most
            self._tables.has_unmerged_keywords |= done > 0
            self._parts.took(done, time.monotonic() - now)
            self._forget_at = now
        return True

    def _merge(self, now: float) -> bool:
        if not self._tables.has_unmerged_keywords or self._tables.has_left_keywords or self._merge_at > now:
            return False
        self._merge_at = now + PURGE_SECONDS
        with contextlib.suppress(sqlite3.Error):
            most = int(self._pages.amount)
            is_done = self._in_transaction(lambda: merge_forgotten(self._tables, most))
            self._tables.has_unmerged_keywords = not is_done
            # The log has the words as they were.
            self._tables.has_removed |= is_done
            self._merge_at = now + MERGE_SECONDS if is_done else now
            self._pages.took(most, time.monotonic() - now)
        return True

    def _in_transaction(self, work: Callable[[], T]) -> T:
        try:
            self._tables.begin()
            done = work()
            self._tables.commit()
        except BaseException:
            self._tables.roll_back()
            raise
        return done

    def _move_log(self, began: float) -> None:
        """Not in the commit of a caller who waits: that is how SQLite would do it once the log is long."""
        with contextlib.suppress(sqlite3.Error):
            self._tables.move_log()
        self._log.took(self._written_milliseconds, time.monotonic() - began)
        self._written_milliseconds = 0.0
