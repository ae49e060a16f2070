"""Reading lists to their end, and calls that are refused."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import grpc
import pytest
from google.rpc import error_details_pb2 as details
from grpc_status import rpc_status

DETAILS = (
    details.ErrorInfo,
    details.BadRequest,
    details.ResourceInfo,
    details.PreconditionFailure,
    details.QuotaFailure,
    details.RetryInfo,
)


class Refusal(NamedTuple):
    """What a call that failed told. `details` has the messages by the names of their types."""

    code: grpc.StatusCode
    reason: str
    domain: str
    details: dict[str, Any]
    error: grpc.aio.AioRpcError

    @property
    def field(self) -> str:
        """The refused field."""
        field: str = self.details["BadRequest"].field_violations[0].field
        return field


async def refusal(call: Any) -> Refusal:
    """What a call that must fail tells; a stream is read to its end."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await (_drained(call) if isinstance(call, grpc.aio.UnaryStreamCall) else call)
    status = rpc_status.from_call(caught.value)
    assert status is not None, caught.value
    unpacked: dict[str, Any] = {}
    for packed in status.details:
        kind = next(kind for kind in DETAILS if packed.Is(kind.DESCRIPTOR))
        message = kind()
        packed.Unpack(message)
        unpacked[kind.DESCRIPTOR.name] = message
    info = unpacked.pop("ErrorInfo")
    return Refusal(caught.value.code(), info.reason, info.domain, unpacked, caught.value)


async def pages(call: Callable[[Any], Awaitable[Any]], request: Any) -> list[Any]:
    """All replies of a list, to its last page."""
    replies = [await call(request)]
    while replies[-1].next_page_token:
        following = type(request)()
        following.CopyFrom(request)
        following.page_token = replies[-1].next_page_token
        replies.append(await call(following))
    return replies


async def _drained(call: grpc.aio.UnaryStreamCall[Any, Any]) -> None:
    async for _ in call:
        pass
