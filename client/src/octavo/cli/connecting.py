"""The client of a command."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from octavo.cli.failures import tell
from octavo.client import Client

T = TypeVar("T")


def make_client(server: str, api_key: str | None) -> Client:
    """A client that says on stderr when it waits for a server that is gone."""
    return Client(server, api_key=api_key, on_lost=_tell_lost)


def ask(server: str, api_key: str | None, work: Callable[[Client], Awaitable[T]]) -> T:
    """What `work` returns, done with a client of that server. Raises OctavoError."""

    async def connected() -> T:
        async with make_client(server, api_key) as client:
            return await work(client)

    return asyncio.run(connected())


def _tell_lost(target: str, seconds: float) -> None:
    tell(f"no server at {target}; trying again for {seconds:g} s")
