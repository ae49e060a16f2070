import asyncio
from collections.abc import AsyncGenerator

import grpc
import grpc.aio
import pytest

from octavo.streams import next_reply


async def silent() -> AsyncGenerator[str]:
    yield "first"
    await asyncio.Event().wait()


async def test_a_stream_that_falls_silent_is_a_lost_server() -> None:
    replies = silent()
    assert await next_reply(replies, silence_seconds_max=60) == "first"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await next_reply(replies, silence_seconds_max=0.01)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await next_reply(replies, silence_seconds_max=60) is None
