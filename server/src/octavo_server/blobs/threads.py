"""The threads that a store owns. What waits for a disk runs here, never on the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from octavo_server.domain.errors import UnavailableError

T = TypeVar("T")


class OwnedThreads:
    """At most `count` threads, until `close`."""

    def __init__(self, count: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._is_closing = False

    def start(self, work: Callable[[], T]) -> Future[T]:
        """Begin `work`. Raises UnavailableError after `close` has begun."""
        if self._is_closing:
            raise UnavailableError("this server is stopping: try again")
        return self._executor.submit(work)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Raises UnavailableError after `close` has begun."""
        return await asyncio.wrap_future(self.start(work))

    async def close(self) -> None:
        """Finish what was begun. Idempotent."""
        self._is_closing = True
        await asyncio.to_thread(self._executor.shutdown)
