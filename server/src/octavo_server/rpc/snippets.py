"""Snippets on the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from octavo.v1 import processing_service_pb2 as wire
from octavo_server.rpc import pages
from octavo_server.usecases.list_snippets import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo_server.usecases.snippet_stream import Snippet

_PLACE = re.compile(r"([0-9]{1,3})\.([0-9]{1,18})")


def place(request: wire.ListSnippetsRequest) -> Place | None:
    """Where the page begins; None: at the start. Raises InvalidArgumentError."""
    text = pages.text_position(request, request.page_token)
    if text is None:
        return None
    match = _PLACE.fullmatch(text)
    if match is None:
        raise pages.foreign_token()
    return Place(int(match[1]), int(match[2]))


def reply(
    request: wire.ListSnippetsRequest, found: Sequence[Snippet], following: Place | None
) -> wire.ListSnippetsResponse:
    """A page, and the token of the next."""
    position = None if following is None else f"{following.index}.{following.offset}"
    return wire.ListSnippetsResponse(
        snippets=[wire.Snippet(snippet=one.text, line_numbers=one.line_numbers) for one in found],
        next_page_token=pages.token_for(request, position),
    )
