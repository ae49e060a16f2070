"""All text of a Word document of 1997 to 2003 ([MS-DOC]). xberg reads the body only, and not every way it is stored."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from octavo_server.extractors.ole import OleFile

_MAGIC = 0xA5EC
_VERSION, _VERSION_MIN = 2, 0xC1
"""FibBase.nFib (2.5.2): older versions store their text in other ways."""
_FLAGS, _TABLE_1 = 10, 0x0200
_STORIES_AT, _STORIES = 76, 8
"""FibRgLw97 (2.5.5): characters of the body, footnotes, headers, macros, comments, endnotes, boxes, header boxes."""
_CLX = 0x1A2
"""FibRgFcLcb97.fcClx (2.5.6): where the table says in which pieces the text is stored."""
_PROPERTIES, _PIECES = 1, 2
_PIECE_BYTES = 12
_ONE_BYTE = 0x40000000
"""FcCompressed (2.9.73): the piece has a byte a character, in windows-1252."""
_FIELD_MARKS = re.compile("([\x13\x14\x15])")
"""Begin, separator, end (2.8.25): between the first two stands an instruction, such as HYPERLINK."""
_CONTROLS = dict.fromkeys(range(32), "") | {
    ord("\t"): "\t",
    ord("\n"): "\n",
    ord("\r"): "\n",
    0x0B: "\n",
    0x0C: "\n",
    0x0E: "\n",
    0x1E: "-",
}
"""2.4.1: ends of lines, pages and columns, a hyphen; the rest stands for pictures, notes and the like."""
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of(ole: OleFile) -> str:
    """The body, then what stands beside it; empty if it is stored in a way that isn't known here."""
    stream = ole.read("WordDocument")
    if len(stream) < _CLX + 8:
        return ""
    magic, version = struct.unpack_from("<HH", stream)
    (flags,) = struct.unpack_from("<H", stream, _FLAGS)
    if magic != _MAGIC or version < _VERSION_MIN:
        return ""
    table = ole.read("1Table" if flags & _TABLE_1 else "0Table")
    start, size = struct.unpack_from("<II", stream, _CLX)
    whole = b"".join(_pieces(stream, table[start : start + size]))
    shown = (_shown(story) for story in _stories(stream, whole))
    return "\n\n".join(story for story in shown if story)


def _pieces(stream: bytes, clx: bytes) -> Iterator[bytes]:
    """In UTF-16, whose units are what the document counts as characters."""
    position = 0
    while clx[position : position + 1] == bytes([_PROPERTIES]):
        position += 3 + int.from_bytes(clx[position + 1 : position + 3], "little")
    if clx[position : position + 1] != bytes([_PIECES]):
        return
    places = clx[position + 5 : position + 5 + int.from_bytes(clx[position + 1 : position + 5], "little")]
    count = max(0, len(places) - 4) // _PIECE_BYTES
    ends = struct.unpack_from(f"<{count + 1}I", places) if count else (0,)
    # Pieces that overlap would make a small document a huge text.
    left = len(stream)
    for index in range(count):
        chars = max(0, min(ends[index + 1] - ends[index], left))
        left -= chars
        (place,) = struct.unpack_from("<I", places, (count + 1) * 4 + index * 8 + 2)
        if place & _ONE_BYTE:
            start = (place & ~_ONE_BYTE) // 2
            yield stream[start : start + chars].decode("cp1252", errors="replace").encode("utf-16-le")
        else:
            units = stream[place : place + 2 * chars]
            yield units[: len(units) // 2 * 2]


def _stories(stream: bytes, whole: bytes) -> Iterator[str]:
    start = 0
    for chars in struct.unpack_from(f"<{_STORIES}I", stream, _STORIES_AT):
        yield whole[2 * start : 2 * (start + chars)].decode("utf-16-le", errors="replace")
        start += chars


def _shown(story: str) -> str:
    text = "".join(_without_instructions(story))
    # A cell ends with U+0007, and so does a row after its last cell.
    text = text.replace("\x07\x07", "\n").replace("\x07", "\t").translate(_CONTROLS)
    return _BLANK_LINES.sub("\n\n", text).strip()


def _without_instructions(story: str) -> Iterator[str]:
    pieces = _FIELD_MARKS.split(story)
    ends = _instruction_ends(pieces)
    hidden_until = 0
    for index, piece in enumerate(pieces):
        hidden_until = max(hidden_until, ends.get(index, 0))
        if index >= hidden_until and not _FIELD_MARKS.match(piece):
            yield piece


def _instruction_ends(pieces: Sequence[str]) -> Mapping[int, int]:
    """Which mark ends the instruction that a mark begins. One that nothing ends is none: it must hide no text."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    for index, piece in enumerate(pieces):
        if piece == "\x13":
            begun.append(index)
        elif piece == "\x14" and begun:
            ends.setdefault(begun[-1], index)
        elif piece == "\x15" and begun:
            ends.setdefault(begun.pop(), index)
    return ends
