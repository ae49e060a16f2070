"""The parts of a mail, found in one pass over its bytes: no part is copied, whatever is attached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from octavo_server.extractors.mime.encodings import ENCODINGS
from octavo_server.extractors.mime.headers import Headers

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

DEPTH_MAX = 1_000
"""Of parts within parts; what is deeper is read as the text of its container."""
_HEADER_BYTES_MAX = 1 << 20
_DELIMITER_BYTES_MAX = 200
"""A boundary has 70 characters (RFC 2046, 5.1.1); many programs are not that strict."""
_HEADERS_END = re.compile(rb"\r?\n(?:\r?\n|(?=--))")
"""A blank line; or, in a damaged mail, the line that starts the next part."""
_BEFORE_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?\s*")
_MAIL = "message/rfc822"
_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|\Z)")
"""What quoted-printable never has (RFC 2045, 6.7)."""
_EMPTY_LINE = re.compile(rb"\r?\n")


@dataclass(slots=True)
class Container:
    """A multipart that is being read."""

    delimiter: bytes
    media_type: str
    alternative: tuple[Container, int] | None = None
    """The innermost multipart/alternative around it, and the branch of that in which it stands."""
    branch: int = 0
    """How many parts of it have started."""


@dataclass(frozen=True, slots=True)
class Place:
    """What stands around a part."""

    alternative: tuple[Container, int] | None
    """The innermost multipart/alternative, and the branch of it in which the part stands."""
    is_encrypted: bool
    """Is there a multipart/encrypted?"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has no parts, or the start of a message."""

    headers: Headers
    start: int
    end: int
    """Where its content stands. That of a message is parts of their own: it is empty here."""
    place: Place
    is_message: bool = False


class Parts:
    """Walks through the parts of a mail, in their order."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data = data
        self._open: list[Container] = []
        self._depths: dict[bytes, list[int]] = {}
        """Where each delimiter stands in `_open`; a hostile mail may use one twice."""

    def __iter__(self) -> Iterator[Part]:
        before = _BEFORE_MAIL.match(self._data)
        headers, position = self._headers(before.end() if before else 0)
        yield Part(headers, position, position, self._place(), is_message=True)
        while True:
            if headers.media_type == _MAIL and not self._is_encoded(headers, position):
                headers, position = self._headers(position)
                yield Part(headers, position, position, self._place(), is_message=True)
                continue
            start, is_container, place = position, self._enter(headers), self._place()
            end, position, is_open = self._next_delimiter(position)
            if not is_container:
                yield Part(headers, start, end, place)
            while not is_open:
                if position >= len(self._data):
                    return
                _, position, is_open = self._next_delimiter(position)
            headers, position = self._headers(position)

    def _is_encoded(self, headers: Headers, position: int) -> bool:
        """Must the mail at `position` be decoded before it can be read? RFC 2046, 5.2.1, forbids that; some do it."""
        how = headers.token("content-transfer-encoding")
        if how == "quoted-printable":
            # Others only say so, about a mail that stands there as it is. Its headers tell: they have parameters.
            _, content = self._headers(position)
            return not _NOT_QUOTED.search(self._data[position:content])
        return how in ENCODINGS

    def _enter(self, headers: Headers) -> bool:
        is_container = headers.media_type.startswith("multipart/") and bool(headers.boundary)
        if is_container and len(self._open) < DEPTH_MAX:
            delimiter = b"--" + headers.boundary
            self._depths.setdefault(delimiter, []).append(len(self._open))
            self._open.append(Container(delimiter, headers.media_type, self._place().alternative))
            return True
        return False

    def _headers(self, start: int) -> tuple[Headers, int]:
        """Those at `start`, and where the content begins."""
        data = self._data
        if empty := _EMPTY_LINE.match(data, start):
            return Headers(b""), empty.end()
        most = min(len(data), start + _HEADER_BYTES_MAX)
        found = _HEADERS_END.search(data, start, most)
        until, content = found.span() if found else (most, most)
        return Headers(data[start:until]), content

    def _next_delimiter(self, start: int) -> tuple[int, int, bool]:
        """Where the content before it ends; where its line ends; and whether a part follows. Closes containers."""
        data = self._data
        position = max(0, start - 1)
        while (found := data.find(b"\n--", position)) >= 0:
            line, newline, _ = data[found + 1 : found + 1 + _DELIMITER_BYTES_MAX].partition(b"\n")
            is_open = self._matches(line.rstrip())
            if is_open is not None:
                return max(start, found), found + 1 + len(line) + len(newline), is_open
            position = found + 1
        return len(data), len(data), False

    def _matches(self, line: bytes) -> bool | None:
        """Does the line open a part (True), close a container (False) or neither?"""
        if depths := self._depths.get(line):
            self._close(depths[-1] + 1)
            self._open[-1].branch += 1
            return True
        if line.endswith(b"--") and (depths := self._depths.get(line[:-2])):
            self._close(depths[-1])
            return False
        return None

    def _close(self, depth: int) -> None:
        for container in reversed(self._open[depth:]):
            depths = self._depths[container.delimiter]
            depths.pop()
            if not depths:
                del self._depths[container.delimiter]
        del self._open[depth:]

    def _place(self) -> Place:
        around = next((held for held in reversed(self._open) if held.media_type == "multipart/alternative"), None)
        return Place(
            alternative=(around, around.branch) if around else None,
            is_encrypted=any(held.media_type == "multipart/encrypted" for held in self._open),
        )
