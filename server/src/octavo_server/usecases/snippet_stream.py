"""Read a JSON list of snippets item by item, from any item on. A child process wrote it, after it read a hostile
document: nothing in it is believed.
"""

import codecs
import json
from dataclasses import dataclass, field

SNIPPET_BYTES_MAX = 2 * 1024 * 1024
"""A larger one, and what else is on its page, fits into no message."""
ITEM_CHARS_MAX = 6 * SNIPPET_BYTES_MAX
"""As JSON, which may write `\\u00e9` for one character."""
LINE_NUMBER_MAX = 2**31 - 1
_SPACES = frozenset(" \t\r\n")


class NoSnippetsError(ValueError):
    """It is no list of snippets."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of text, and where the list goes on after it, in bytes."""

    text: str
    line_numbers: tuple[int, ...]
    end: int


@dataclass(slots=True)
class SnippetStream:
    """Takes the bytes in chunks. Blocks: for a thread."""

    offset: int
    """Where the next item begins, or the list itself if it is 0."""
    is_over: bool = False
    """Was the end of the list read?"""
    _text: str = ""
    _at: int = 0
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def feed(self, data: bytes, *, is_last: bool, snippets_max: int) -> list[Snippet]:
        """At most so many snippets that are whole by now. `is_last`: there is no more data.

        Raises NoSnippetsError.
        """
        try:
            self._text = self._text[self._at :] + self._decoder.decode(data, is_last)
        except UnicodeDecodeError:
            raise NoSnippetsError("it is no UTF-8 text") from None
        self._at = 0
        found: list[Snippet] = []
        while len(found) < snippets_max and not self.is_over:
            snippet = self._next(is_last=is_last)
            if snippet is None:
                break
            found.append(snippet)
        return found

    def _next(self, *, is_last: bool) -> Snippet | None:
        """The next item; None if it is not whole yet, or there is none."""
        if self.offset == 0 and not self._is_opened(is_last=is_last):
            return None
        start = self._behind_space(self._at)
        if self._text.startswith("]", start):
            self.is_over = True
            return None
        try:
            item, end = _DECODER.raw_decode(self._text, start)
        except (ValueError, RecursionError):
            if is_last or len(self._text) - start > ITEM_CHARS_MAX:
                raise NoSnippetsError("an item is no JSON, or too large for a message") from None
            return None
        end = self._behind_space(end)
        if end == len(self._text) and not is_last:
            return None
        after = self._text[end : end + 1]
        if after not in (",", "]"):
            raise NoSnippetsError("an item ends neither with a comma nor with the list")
        self.is_over = after == "]"
        self._consume(end + 1)
        return _snippet(item, self.offset)

    def _is_opened(self, *, is_last: bool) -> bool:
        start = self._behind_space(self._at)
        if start == len(self._text) and not is_last:
            return False
        if not self._text.startswith("[", start):
            raise NoSnippetsError("it is no JSON list")
        self._consume(start + 1)
        return True

    def _behind_space(self, at: int) -> int:
        while self._text[at : at + 1] in _SPACES:
            at += 1
        return at

    def _consume(self, end: int) -> None:
        self.offset += len(self._text[self._at : end].encode())
        self._at = end


_DECODER = json.JSONDecoder()


def _snippet(item: object, end: int) -> Snippet:
    text = item.get("snippet") if isinstance(item, dict) else None
    numbers = item.get("line_numbers", []) if isinstance(item, dict) else None
    if not isinstance(text, str) or not isinstance(numbers, list) or not all(map(_is_line_number, numbers)):
        raise NoSnippetsError("an item has no `snippet`, or its `line_numbers` are none")
    # JSON can escape half a character, which no message can hold.
    encoded = text.encode(errors="replace")
    if len(encoded) > SNIPPET_BYTES_MAX:
        raise NoSnippetsError(f"a snippet has {len(encoded)} bytes, which is too large for a message")
    return Snippet(encoded.decode(), tuple(numbers), end)


def _is_line_number(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LINE_NUMBER_MAX
