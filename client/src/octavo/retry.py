"""When to try again, and after how long."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grpc import StatusCode

from octavo.errors import OctavoError, from_rpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import grpc.aio

PAUSE_SECONDS_FIRST = 0.1
PAUSE_SECONDS_MAX = 5.0
PAUSE_FACTOR = 2.0

RETRYABLE = frozenset({StatusCode.UNAVAILABLE, StatusCode.CANCELLED})
"""CANCELLED as a status is how a stopping server drops a call; a caller's own cancel is asyncio.CancelledError.

Every call of the SDK is safe to repeat: Process carries an idempotency key, uploads and reads an offset, watches a
token. A deletion that finds nothing the second time has done its work the first time, and so on (`was_repeated`); the
others change nothing the second time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on trying while no server answers."""

    first_contact_seconds_max: float = 2.0
    """Before the first answer of all: a wrong address should be told soon."""
    unavailable_seconds_max: float = 60.0
    """After it: a server that restarts is waited for. Counted from the last sign of life."""


def pauses() -> Iterator[float]:
    """Growing, capped and jittered: clients that lost the same server don't come back at the same moment."""
    ceiling = PAUSE_SECONDS_FIRST
    while True:
        yield random.uniform(ceiling / 2, ceiling)  # noqa: S311 # Nothing secret hangs on it.
        ceiling = min(ceiling * PAUSE_FACTOR, PAUSE_SECONDS_MAX)


class Retry:
    """The retries of one call, or of one stream from one sign of life to the next."""

    def __init__(
        self, *, target: str, seconds_max: float, is_secure: bool = False, on_waiting: Callable[[], None] | None = None
    ) -> None:
        """`on_waiting` is called when an attempt after the first one failed too, before each further wait."""
        self._target = target
        self._seconds_max = seconds_max
        self._is_secure = is_secure
        self._on_waiting = on_waiting
        self._since: float | None = None
        self._pauses = pauses()

    def succeeded(self, *, seconds_max: float) -> None:
        """There was a sign of life: patience starts again, with `seconds_max`."""
        self._seconds_max = seconds_max
        if self._since is not None:
            self._since = None
            self._pauses = pauses()

    async def pause(self, error: grpc.aio.AioRpcError) -> None:
        """Wait before the next attempt. Raises the typed error if there should be none."""
        refusal = from_rpc(error, target=self._target, is_secure=self._is_secure)
        if error.code() not in RETRYABLE:
            refusal.was_repeated = self._since is not None
            raise refusal from None
        await self.pause_for(refusal)

    async def pause_for(self, refusal: OctavoError) -> None:
        """Wait before the next attempt, at least as long as the server asked for. Raises `refusal` out of patience."""
        now = asyncio.get_running_loop().time()
        # The first failure is often just a connection that was cut: the next attempt makes a new one.
        is_first = self._since is None
        if self._since is None:
            self._since = now
        seconds_left = self._since + self._seconds_max - now
        if seconds_left <= 0:
            raise refusal from None
        if self._on_waiting is not None and not is_first:
            self._on_waiting()
        pause = min(next(self._pauses), seconds_left)
        await asyncio.sleep(max(pause, refusal.details.retry_seconds or 0.0))
