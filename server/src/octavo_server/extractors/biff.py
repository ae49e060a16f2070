"""What is looked at in a workbook of Excel 97 before a library reads it ([MS-XLS] 2.1.4)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from octavo_server.extractors.base import CannotExtractError

if TYPE_CHECKING:
    from collections.abc import Iterator

CELLS_MAX = 4_000_000
"""Of the rectangle that a sheet's cells stand in. The library fills all of it: 32 bytes a cell, 16 columns of a full
sheet 32 MB; and a sheet of four rows may pretend to have 65,536 columns, which are too many for any memory."""
_HEAD = struct.Struct("<HH")
_FILE_PASS = 0x2F
_DIMENSIONS = 0x200
_DIMENSIONS_NOW, _DIMENSIONS_95 = struct.Struct("<IIHH"), struct.Struct("<HHHH")
"""First row, the row after the last, and the same of columns."""
_BEGIN = frozenset({0x809, 0x409, 0x209, 0x009})
_MULTIPLE = frozenset({0xBD, 0xBE})
"""They hold several cells of a row, and end with the last one's column."""
_NOTHING = (0xFFFF, 0, 0xFFFF, 0)
"""The rectangle without cells: its top, bottom, left and right."""
_CELLS = frozenset({0x06, 0x206, 0x406, 0x201, 0x202, 0x203, 0x204, 0x205, 0x27E, 0x7E, 0xD6, 0xFD}) | _MULTIPLE


def check(book: bytes) -> None:
    """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, DOCUMENT_TOO_LARGE."""
    top, bottom, left, right = _NOTHING
    for kind, start, size in _records(book):
        if kind in _CELLS and size >= _HEAD.size:
            row, column = _HEAD.unpack_from(book, start)
            if row < bottom:
                # The library takes the last cell's row for the lowest one, and counts the rows between from there.
                raise CannotExtractError(
                    "DOCUMENT_DAMAGED", "the document is damaged: rows of a sheet are out of order"
                )
            last = _last_column(book, start, size) if kind in _MULTIPLE else column
            top, bottom, left, right = min(top, row), row, min(left, column), max(right, column, last)
            _check_size(bottom - top + 1, right - left + 1)
        elif kind == _DIMENSIONS:
            _check_dimensions(book[start : start + size])
        elif kind in _BEGIN:
            top, bottom, left, right = _NOTHING
        elif kind == _FILE_PASS:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")


def _check_dimensions(said: bytes) -> None:
    """What the sheet itself says of its rectangle: the library makes room for it before it has seen a cell."""
    places = _DIMENSIONS_NOW if len(said) >= _DIMENSIONS_NOW.size else _DIMENSIONS_95
    if len(said) < places.size:
        return
    top, bottom, left, right = places.unpack_from(said)
    if bottom < top or right < left:
        raise _out_of_order()
    _check_size(bottom - top, right - left)


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > CELLS_MAX:
        raise CannotExtractError("DOCUMENT_TOO_LARGE", f"a sheet spreads over more than {CELLS_MAX:,} cells")


def _out_of_order() -> CannotExtractError:
    return CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: rows of a sheet are out of order")


def _last_column(book: bytes, start: int, size: int) -> int:
    return int.from_bytes(book[start + size - 2 : start + size], "little")


def _records(book: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and size of each."""
    position = 0
    while position + _HEAD.size <= len(book):
        kind, size = _HEAD.unpack_from(book, position)
        position += _HEAD.size
        yield kind, position, size
        position += size
