"""The thread that reads for listings, on a connection of its own: it holds up no change, and no change holds it up."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

from octavo_server.engines.refusals import closed
from octavo_server.engines.sqlite.schema import open_for_reading
from octavo_server.engines.sqlite.trouble import told

T = TypeVar("T")


class Snapshot:
    """The database at one moment. Used on the thread only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, statement: str, values: Mapping[str, Any]) -> Any:
        """The first row of a query, or None.

        For many values let SQL make one JSON text of them: each further row would have to win the interpreter back
        from a busy event loop.
        """
        return self._connection.execute(statement, values).fetchone()

    def values(self, statement: str, values: Mapping[str, Any]) -> Any:
        """What a query tells as JSON in its only column."""
        return json.loads(self.one(statement, values)[0])


class Reader:
    """Answers questions one after the other, each as of one moment: all that was committed before it was asked."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        """Use `open`."""
        self._connection = connection
        self._thread = thread
        self._is_closing = False

    @classmethod
    async def open(cls, data_dir: Path) -> Self:
        """On the database in `data_dir`, which somebody else has brought up to date. Raises sqlite3.Error."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite reader")
        try:
            connection = await asyncio.get_running_loop().run_in_executor(thread, open_for_reading, data_dir)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(connection, thread)

    async def ask(self, question: Callable[[Snapshot], T]) -> T:
        """The answer. Raises UnavailableError."""
        if self._is_closing:
            raise closed()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)

    async def close(self) -> None:
        """Answer what was asked, and let go of the database. Once."""
        self._is_closing = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    def _answer(self, question: Callable[[Snapshot], T]) -> T:
        try:
            self._connection.execute("BEGIN")
            try:
                return question(Snapshot(self._connection))
            finally:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise told(error) from error
