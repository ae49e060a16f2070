"""Snippets and their JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from octavo_server.modules.base import RefusalError

MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of text with the lines it came from: 1-based, in order."""

    text: str
    line_numbers: Sequence[int]


def to_json(snippets: Iterable[Snippet], *, output_bytes_max: int) -> bytes:
    """`[{"snippet": "...", "line_numbers": [1, 2]}, ...]` in UTF-8.

    Raises RefusalError (OUTPUT_TOO_LARGE) at the first snippet that does not fit; later ones are never made.
    """
    parts: list[bytes] = []
    size = len(b"[]")
    for snippet in snippets:
        part = _encode(snippet)
        size += len(part) + (len(b", ") if parts else 0)
        if size > output_bytes_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the output is larger than {output_bytes_max:,} bytes")
        parts.append(part)
    return b"[" + b", ".join(parts) + b"]"


def _encode(snippet: Snippet) -> bytes:
    item = {"snippet": snippet.text, "line_numbers": list(snippet.line_numbers)}
    # A lone surrogate, which a broken document can hold, has no UTF-8.
    return json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")
