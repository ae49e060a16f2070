"""Reads lists page by page. One page is held at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from octavo.errors import invalid_argument

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import grpc.aio

    from octavo.channel import Connection

PAGE_SIZE_MAX = 1_000
"""The most that the server puts into a page of files or jobs."""


class PagedRequest(Protocol):
    """Asks for one page."""

    page_size: int
    page_token: str


class PagedReply(Protocol):
    """One page; without a token it is the last."""

    @property
    def next_page_token(self) -> str:
        """Asks for the next one."""


Request = TypeVar("Request", bound=PagedRequest)
Reply = TypeVar("Reply", bound=PagedReply)


async def pages(
    connection: Connection,
    method: grpc.aio.UnaryUnaryMultiCallable[Request, Reply],
    request: Request,
    *,
    page_size_max: int = PAGE_SIZE_MAX,
) -> AsyncGenerator[Reply]:
    """Each page, the first as soon as it is there; the next one is asked for when it is wanted. Raises OctavoError.

    `request` is changed on the way: it carries the token, so that a call that is repeated asks for the same page.
    """
    request.page_size = page_size_max
    while True:
        reply, _ = await connection.unary(method, request)
        yield reply
        if not reply.next_page_token:
            return
        request.page_token = reply.next_page_token


def valid_files_max(files_max: int) -> int:
    """As given. Raises InvalidArgumentError if it is less than 1."""
    if files_max < 1:
        raise invalid_argument("files_max", f"must be at least 1; {files_max} is not")
    return files_max
