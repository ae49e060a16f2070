"""Reads a stream of replies; one that has gone silent counts as a lost server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import grpc.aio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Reply = TypeVar("Reply")


async def next_reply(replies: AsyncIterator[Reply], *, silence_seconds_max: float) -> Reply | None:
    """The next reply; None at the end of the stream. Raises AioRpcError, UNAVAILABLE after too long a silence."""
    try:
        async with asyncio.timeout(silence_seconds_max):
            return await anext(replies, None)
    except TimeoutError:
        raise stalled(silence_seconds_max) from None


def stalled(seconds: float) -> grpc.aio.AioRpcError:
    """What is raised for a connection that looks alive and does nothing."""
    return lost(f"the connection stood still for {seconds:g} s")


def lost(why: str) -> grpc.aio.AioRpcError:
    """What is raised for a server that is there no more, for all we know."""
    return grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), details=why)
