"""Read a JSON list of snippets item by item, from any item on. A child process wrote it, after it read a hostile
document: nothing in it is believed.
"""

import json
import re
from dataclasses import dataclass

from octavo_server.usecases.item_end import ItemEnd

SNIPPET_KEY = "snippet"
"""The output key of modules that make snippets."""
ITEM_BYTES_MAX = 1024 * 1024
"""As JSON, with the space around it. It has to fit into a message with what else is on its page; and while it is
parsed, nothing else runs.
"""
OPENINGS_MAX = 10_000
"""Objects and lists in one item, which cost more to make than their bytes tell. A snippet of ours has two."""
LINE_NUMBERS_MAX = 100_000
"""Of one snippet."""
LINE_NUMBER_MAX = 2**31 - 1
_SPACES = re.compile(rb"[ \t\r\n]*")


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
    _data: bytes = b""
    _at: int = 0
    """Where `offset` is in `_data`."""
    _item_end: ItemEnd | None = None
    """Of the item that has begun."""
    _read: int = 0
    """How far in `_data` that has come."""

    def feed(self, data: bytes, *, is_last: bool, snippets_max: int) -> list[Snippet]:
        """At most so many snippets that are whole by now. `is_last`: there is no more data.

        Raises NoSnippetsError.
        """
        self._data = self._data[self._at :] + data
        self._read -= self._at
        self._at = 0
        found: list[Snippet] = []
        while len(found) < snippets_max and not self.is_over:
            snippet = self._next()
            if snippet is not None:
                found.append(snippet)
            elif not self.is_over:
                self._check_rest(is_last=is_last)
                break
        return found

    def _next(self) -> Snippet | None:
        """The next item; None if it is not whole yet, or there is none."""
        if self.offset == 0 and not self._is_opened():
            return None
        start = self._behind_spaces(self._at)
        if self._item_end is None and not self._is_begun(start):
            return None
        assert self._item_end is not None
        self._read = self._item_end.read_on(self._data, self._read)
        if self._item_end.openings > OPENINGS_MAX:
            raise NoSnippetsError(f"an item has more than {OPENINGS_MAX} objects and lists in it")
        after = self._behind_spaces(self._read)
        mark = self._data[after : after + 1]
        if not (self._item_end.is_found and mark):
            return None
        if mark not in (b",", b"]"):
            raise NoSnippetsError("an item ends neither with a comma nor with the list")
        item = _parsed(self._data[start : self._read])
        self.is_over = mark == b"]"
        self._consume(after + 1)
        self._item_end = None
        return _snippet(item, self.offset)

    def _is_opened(self) -> bool:
        start = self._behind_spaces(self._at)
        if start == len(self._data):
            return False
        if not self._data.startswith(b"[", start):
            raise NoSnippetsError("it is no JSON list")
        self._consume(start + 1)
        return True

    def _is_begun(self, start: int) -> bool:
        if start == len(self._data):
            return False
        if self._data.startswith(b"]", start):
            self.is_over = True
            return False
        if not self._data.startswith(b"{", start):
            raise NoSnippetsError("an item is no JSON object")
        self._item_end, self._read = ItemEnd(), start
        return True

    def _check_rest(self, *, is_last: bool) -> None:
        """What is left, and makes no whole item."""
        if is_last:
            raise NoSnippetsError("it ends before its list does")
        if len(self._data) - self._at > ITEM_BYTES_MAX:
            raise _too_large()

    def _behind_spaces(self, at: int) -> int:
        spaces = _SPACES.match(self._data, at)
        return spaces.end() if spaces else at

    def _consume(self, end: int) -> None:
        self.offset += end - self._at
        self._at = end


def _too_large() -> NoSnippetsError:
    return NoSnippetsError(f"an item has more than {ITEM_BYTES_MAX} bytes, which is too large for a message")


def _parsed(data: bytes) -> dict[str, object]:
    if len(data) > ITEM_BYTES_MAX:
        raise _too_large()
    try:
        # Not json.loads(data), which would take other encodings, too.
        item: dict[str, object] = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise NoSnippetsError("an item is no JSON in UTF-8") from None
    return item


def _snippet(item: dict[str, object], end: int) -> Snippet:
    text, numbers = item.get(SNIPPET_KEY), item.get("line_numbers", [])
    if not isinstance(text, str) or not isinstance(numbers, list) or not all(map(_is_line_number, numbers)):
        raise NoSnippetsError("an item has no `snippet`, or its `line_numbers` are none")
    if len(numbers) > LINE_NUMBERS_MAX:
        raise NoSnippetsError(f"a snippet has {len(numbers)} line numbers, of {LINE_NUMBERS_MAX} that a message takes")
    # JSON can escape half a character, which no message can hold.
    return Snippet(text.encode(errors="replace").decode(), tuple(numbers), end)


def _is_line_number(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LINE_NUMBER_MAX
