"""What stands at the top of an OLE compound file, the container of office documents before 2007 ([MS-CFB])."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from octavo_server.extractors.base import CannotExtractError

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator, Mapping

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_SECTOR_SHIFTS = (9, 12)
"""Sectors have 512 bytes, or 4,096 in version 4."""
_FAT_IN_HEADER = 109
"""So many sectors of the allocation table are named in the header, the rest in a chain of sectors."""
_SECTOR_COUNTS = (44, 64, 72)
"""Where the header says how many sectors its tables have; libraries make room for them."""
_SECTOR_MAX = 0xFFFFFFFA
"""Higher numbers are marks, such as the end of a chain."""
_ENTRY_BYTES = 128
_ENTRY_PLACE = 116
_SMALL_SECTOR_BYTES = 64
_NONE = 0xFFFFFFFF
_DIRECTORY_BYTES_MAX = 4 << 20
"""32,768 streams. The largest directories are those of mails, with ten entries for each recipient."""
_START_BYTES_MIN = 4096
"""A shorter stream stands in another place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream or a folder."""

    first_sector: int
    size_bytes: int


class OleFile:
    """Reads the names at the top level, which tell the kind of document, and streams."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        """Raises CannotExtractError (DOCUMENT_DAMAGED)."""
        self._data = data
        if len(data) < _HEADER_BYTES or data[:8] != MAGIC:
            raise _damaged("is no OLE file")
        shift, directory = self._number("H", 30), self._number("I", 48)
        if shift not in _SECTOR_SHIFTS:
            raise _damaged("has a header that makes no sense")
        self._sector_bytes = 1 << shift
        if any(self._number("I", count) > len(data) >> shift for count in _SECTOR_COUNTS):
            raise _damaged("says it has more sectors than bytes")
        self._fat_sectors = self._fat()
        entries = self._chain(directory, _DIRECTORY_BYTES_MAX)
        self._root = Entry(*struct.unpack_from("<II", entries, _ENTRY_PLACE)) if entries else Entry(_NONE, 0)
        self.entries: Mapping[str, Entry] = self._top(entries)
        """By name."""

    def start(self, name: str, size_bytes: int) -> bytes:
        """The first bytes of a stream, within its first sector; nothing if there is no such stream, or a tiny one."""
        entry = self.entries.get(name)
        if entry is None or entry.size_bytes < _START_BYTES_MIN:
            return b""
        return self._sector(entry.first_sector)[:size_bytes]

    def _fat(self) -> list[int]:
        """The sectors of the allocation table."""
        sectors = list(struct.unpack_from(f"<{_FAT_IN_HEADER}I", self._data, 76))
        following = self._number("I", 68)
        most = len(self._data) // self._sector_bytes
        while following < _SECTOR_MAX and len(sectors) <= most:
            *more, following = struct.unpack(f"<{self._sector_bytes // 4}I", self._sector(following))
            sectors += more
        return sectors

    def read(self, name: str) -> bytes:
        """A stream; nothing if there is none of this name."""
        entry = self.entries.get(name)
        if entry is None:
            return b""
        if entry.size_bytes >= _START_BYTES_MIN:
            return self._chain(entry.first_sector, len(self._data))[: entry.size_bytes]
        return b"".join(self._small_sectors(entry))[: entry.size_bytes]

    def _small_sectors(self, entry: Entry) -> Iterator[bytes]:
        """Small streams stand in a stream of their own, that of the root, in sectors of 64 bytes."""
        small, table = self._small, self._small_table
        sector = entry.first_sector
        for _ in range(_START_BYTES_MIN // _SMALL_SECTOR_BYTES):
            start = sector * _SMALL_SECTOR_BYTES
            if start >= len(small) or sector * 4 + 4 > len(table):
                return
            yield small[start : start + _SMALL_SECTOR_BYTES]
            (sector,) = struct.unpack_from("<I", table, sector * 4)

    @cached_property
    def _small(self) -> bytes:
        return self._chain(self._root.first_sector, len(self._data))

    @cached_property
    def _small_table(self) -> bytes:
        return self._chain(self._number("I", 60), len(self._data))

    def _chain(self, sector: int, bytes_max: int) -> bytes:
        """All bytes of a stream."""
        chained = bytearray()
        per_sector = self._sector_bytes // 4
        while sector < _SECTOR_MAX:
            chained += self._sector(sector)
            if len(chained) > bytes_max:
                raise _damaged("has a table of contents that runs in a circle")
            index = sector // per_sector
            if index >= len(self._fat_sectors):
                raise _cut_off()
            fat = self._sector(self._fat_sectors[index])
            (sector,) = struct.unpack_from("<I", fat, sector % per_sector * 4)
        return bytes(chained)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        sector = self._data[start : start + self._sector_bytes]
        # The last one may be short: some writers do not fill it.
        if not sector:
            raise _cut_off()
        return sector.ljust(self._sector_bytes, b"\0")

    def _top(self, directory: bytes) -> dict[str, Entry]:
        """What the root folder holds: a tree of siblings, whose order does not matter here."""
        entries: dict[str, Entry] = {}
        seen: set[int] = set()
        waiting = [struct.unpack_from("<I", directory, 76)[0]] if directory else []
        while waiting:
            number = waiting.pop()
            start = number * _ENTRY_BYTES
            if number == _NONE or number in seen or start + _ENTRY_BYTES > len(directory):
                continue
            seen.add(number)
            name_bytes, left, right = struct.unpack_from("<64xHxxII", directory, start)
            name = directory[start : start + min(max(name_bytes - 2, 0), 64)].decode("utf-16-le", errors="replace")
            entries[name] = Entry(*struct.unpack_from("<II", directory, start + _ENTRY_PLACE))
            waiting += (left, right)
        return entries

    def _number(self, kind: str, offset: int) -> int:
        (number,) = struct.unpack_from(f"<{kind}", self._data, offset)
        return int(number)


def _damaged(how: str) -> CannotExtractError:
    return CannotExtractError("DOCUMENT_DAMAGED", f"the document is damaged: it {how}")


def _cut_off() -> CannotExtractError:
    return CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: parts of it are missing")
