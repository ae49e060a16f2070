"""Runs the asynchronous client for synchronous callers: one event loop in one thread of the SDK's own."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Generator
    from typing import Any

Result = TypeVar("Result")
_END = object()


class Runner:
    """Owns the thread. Also works where an event loop already runs, e.g. in a notebook."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_report)
        self._thread = threading.Thread(target=self._loop.run_forever, name="octavo", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What `work` returns or raises. An interrupt (Ctrl-C) cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, items: AsyncGenerator[Result]) -> Generator[Result]:
        """What `items` yields, one by one; it is closed at the end, also by a caller who leaves early."""
        try:
            while (item := self.run(_next(items))) is not _END:
                yield item  # type: ignore[misc] # It is not _END.
        finally:
            self.run(items.aclose())

    def close(self) -> None:
        """End the loop and the thread; nothing may run any more."""
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _next(items: AsyncGenerator[Result]) -> Result | object:
    return await anext(items, _END)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Where another loop of the process speaks gRPC too, grpc.aio wakes both for each event, and the later one finds
    # nothing to read. That is no fault, and nothing is lost.
    if not isinstance(context.get("exception"), BlockingIOError):
        loop.default_exception_handler(context)
