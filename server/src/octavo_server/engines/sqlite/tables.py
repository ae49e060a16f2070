"""The database as the owned thread sees it. Everything here runs on that thread."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from octavo_server.domain.ids import PipelineName, Revision, TenantId
from octavo_server.engines.sqlite.schema import BUSY_SECONDS_MAX
from octavo_server.engines.sqlite.statements import SQL, with_rows

ROWS_MAX = 64
"""Rows a statement. Python's sqlite3 lets go of the interpreter for every statement, and has to wait for it again
while the event loop is busy: one statement for many rows waits once."""

CHAINS_CACHED_MAX = 1_000


class Tables:
    """A connection, and what has to be known of the tables all the time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._chains: dict[tuple[TenantId, PipelineName], tuple[str, ...]] = {}
        self.last_revision = self.one(SQL["last_revision"])[0]
        self.unfinished = self.one(SQL["unfinished_count"])[0]
        """How many jobs are not final."""
        self.has_removed = False
        """Was something removed since the last `purge_log`?"""
        self.has_left_keywords = True
        """May there be parts of search indexes to forget? At the start nobody knows."""
        self.has_unmerged_keywords = bool(self.one(SQL["keyword_merge"])[0])
        """May there be words of removed jobs in the table of keywords?"""
        self._is_recount_due = False

    @property
    def changes(self) -> int:
        """How many rows were changed so far."""
        return self._connection.total_changes

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def all(self, statement: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """The first row of a query, or None."""
        return self._connection.execute(statement, values).fetchone()

    def insert(self, name: str, rows: Sequence[Sequence[Any]]) -> int:
        """Insert rows with few statements; how many were inserted."""
        count = start = 0
        while start < len(rows):
            # Sizes that are powers of two: seven statements stay prepared, whatever comes.
            size = min(ROWS_MAX, 1 << (len(rows) - start).bit_length() - 1)
            values = [value for row in rows[start : start + size] for value in row]
            statement = with_rows(name, columns=len(rows[0]), rows=size)
            count += self._connection.execute(statement, values).rowcount
            start += size
        return count

    def next_revision(self) -> Revision:
        """A number nobody had before. One whose transaction fails is left out."""
        self.last_revision += 1
        return Revision(self.last_revision)

    def chain_of(self, tenant: TenantId, name: PipelineName) -> tuple[str, ...] | None:
        """The pipeline's chain, None if there is no such pipeline."""
        chain = self._chains.get((tenant, name))
        if chain is None:
            row = self.one(SQL["pipeline"], tenant, name)
            if row:
                chain = self._chains[tenant, name] = tuple(json.loads(row[0]))
                if len(self._chains) > CHAINS_CACHED_MAX:
                    del self._chains[next(iter(self._chains))]
        return chain

    def chain_changed(self, tenant: TenantId, name: PipelineName) -> None:
        """Look it up again when it is needed."""
        self._chains.pop((tenant, name), None)

    def begin(self) -> None:
        """Begin a transaction."""
        if self._connection.in_transaction:
            # Undoing the last one failed.
            self.roll_back()
        self._connection.execute(SQL["begin"])
        if self._is_recount_due:
            self.unfinished = self.one(SQL["unfinished_count"])[0]
            self._is_recount_due = False

    def commit(self) -> None:
        """Make it durable."""
        self._connection.execute(SQL["commit"])

    def roll_back(self) -> None:
        """Undo the transaction, if SQLite has not done so itself, and what was noted of it."""
        self._chains.clear()
        self._is_recount_due = True
        if self._connection.in_transaction:
            self._connection.execute(SQL["rollback"])

    def move_log(self) -> None:
        """Move the write-ahead log into the database, as far as nobody reads."""
        self.one("PRAGMA wal_checkpoint(PASSIVE)")

    def purge_log(self) -> None:
        """Move the write-ahead log into the database, and empty it: it holds what was removed as it was written."""
        # Not while somebody reads with another tool: the next time will do.
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            [is_busy, _, _] = self.one("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS_MAX * 1_000:.0f}")
        self.has_removed = bool(is_busy)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
