"""Snippets and their JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from octavo_server.modules.base import RefusalError

MEDIA_TYPE = "application/json"
KEY = "snippet"
"""What each object has its text under."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of text with the lines it came from: 1-based, in order."""

    text: str
    line_numbers: Sequence[int]


class Counted:
    """Passes snippets on, and counts them."""

    def __init__(self, snippets: Iterable[Snippet]) -> None:
        self._snippets = snippets
        self.count = 0
        """How many were passed on."""

    def __iter__(self) -> Iterator[Snippet]:
        for snippet in self._snippets:
            self.count += 1
            yield snippet


OnChars = Callable[[int], None]
"""Hears how many characters of a text are cut."""


def unheard(_chars: int) -> None:
    """Nobody wants to know how far it is."""


def to_json(snippets: Iterable[Snippet], *, output_bytes_max: int) -> bytearray:
    """`[{"snippet": "...", "line_numbers": [1, 2]}, ...]` in UTF-8.

    Raises RefusalError (OUTPUT_TOO_LARGE) at the first snippet that does not fit; later ones are never made.
    """
    data = bytearray(b"[")
    for snippet in snippets:
        data += b", " * (len(data) > 1) + _encode(snippet)
        if len(data) >= output_bytes_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the output is larger than {output_bytes_max:,} bytes")
    data += b"]"
    return data


def _encode(snippet: Snippet) -> bytes:
    item = {KEY: snippet.text, "line_numbers": list(snippet.line_numbers)}
    return json.dumps(item, ensure_ascii=False).encode()
