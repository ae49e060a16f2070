"""Lists, page by page: tokens that only their own query takes, and pages that fit into a message."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.rpc.caller import TENANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

M = TypeVar("M", bound="Message")
P = TypeVar("P", str, int)

PAGE_BYTES_MAX = 2 * 1024 * 1024
"""A page ends before it would be larger, with one item at least; a message may have 4 MiB."""
QUERY_DIGEST_CHARS = 22
_TOKEN = re.compile(rf"p1\.([0-9a-f]{{{QUERY_DIGEST_CHARS}}})\.([A-Za-z0-9_\-]*={{0,2}})")
_WHOLE = re.compile(r"[0-9]{1,18}")


class Filled(NamedTuple, Generic[M, P]):
    """As much of a page as fits into a message, and where to go on; None: it was the last."""

    messages: list[M]
    next: P | None


def filled(items: Iterable[tuple[M, P]], following: P | None) -> Filled[M, P]:
    """The messages of `items` as long as they fit. Each comes with its position: a page that ends early goes on behind
    the last that fits, a whole one at `following`.
    """
    messages: list[M] = []
    size_bytes, last = 0, following
    for message, position in items:
        size_bytes += message.ByteSize()
        if messages and size_bytes > PAGE_BYTES_MAX:
            return Filled(messages, last)
        messages.append(message)
        last = position
    return Filled(messages, following)


def token_for(request: Message, position: str | int | None) -> str:
    """What a caller goes on with behind `position`; empty for None."""
    if position is None:
        return ""
    return f"p1.{_digest(request)}.{base64.urlsafe_b64encode(str(position).encode()).decode()}"


def text_position(request: Message, token: str) -> str | None:
    """The position in a token; None for an empty one. Raises InvalidArgumentError if another query made it."""
    if not token:
        return None
    match = _TOKEN.fullmatch(token)
    if match is None or match[1] != _digest(request):
        raise foreign_token()
    try:
        return base64.urlsafe_b64decode(match[2]).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise foreign_token() from None


def whole_position(request: Message, token: str) -> int | None:
    """The same for a position that is a number."""
    text = text_position(request, token)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text):
        raise foreign_token()
    return int(text)


def _digest(request: Message) -> str:
    """The same for all pages of a query, and for no other query, method or tenant."""
    query = type(request)()
    query.CopyFrom(request)
    query.ClearField("page_size")
    query.ClearField("page_token")
    text = f"{TENANT.get()}\n{query.DESCRIPTOR.full_name}\n".encode()
    return hashlib.sha256(text + query.SerializeToString(deterministic=True)).hexdigest()[:QUERY_DIGEST_CHARS]


def foreign_token() -> InvalidArgumentError:
    """What another query's token gets."""
    return InvalidArgumentError(
        "page_token", "must be the next_page_token of a page of the same list, asked for with the same fields, or empty"
    )
