"""The files in a tar archive, in one pass: it may be compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.limits import KIB
from octavo_server.extractors.base import CannotExtractError, Document, RefusalError
from octavo_server.extractors.packed.member import (
    MEMBER_BYTES_MAX,
    Member,
    damaged,
    is_shown,
    take_member,
    too_large,
)
from octavo_server.extractors.packed.tar_header import BLOCK_BYTES, Header, NoHeaderError, header_of, pax_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from octavo_server.extractors.packed.byte_stream import ByteStream

EXTENDED_BYTES_MAX = 64 * KIB
"""Of a header with a long name and other facts; what is behind is not looked at."""
HEADERS_MAX = 100_000
"""Those of links and folders, too. Reading so many takes a second."""
_FILES = (b"0", b"\0", b"7")
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"5", b"6")
"""Links, devices, folders, pipes: whatever size their headers say, nothing follows."""
_SPARSE = b"S"
_SPARSE_CONTINUES = (482, 504)
"""Where the header of a sparse file, and each block that continues it, say that one more follows."""
_SIZE_DIGITS_MAX = 19
_LONG_NAME = b"L"
_PAX = b"x"


class TarMembers:
    """Reads them one after another. Links, devices and folders are left out."""

    def __init__(self, document: Document, stream: ByteStream) -> None:
        self._document = document
        self._stream = stream
        self._pax: dict[str, str] = {}
        self._long_name = ""
        self._headers_left = HEADERS_MAX

    def __iter__(self) -> Iterator[Member]:
        """Each with its content.

        Raises CannotExtractError (DOCUMENT_DAMAGED) where it can't be followed further; RefusalError
        (DOCUMENT_TOO_LARGE).
        """
        while header := self._header():
            if header.kind == _PAX:
                self._pax = pax_records(self._extended(header))
            elif header.kind == _LONG_NAME:
                self._long_name = self._extended(header).rstrip(b"\0").decode("utf-8", errors="replace")
            else:
                yield from self._file(header)
                self._pax, self._long_name = {}, ""

    def _header(self) -> Header | None:
        self._headers_left -= 1
        if self._headers_left < 0:
            raise RefusalError("DOCUMENT_TOO_LARGE", f"the archive has more than {HEADERS_MAX:,} files and links")
        block = self._stream.read(BLOCK_BYTES)
        if self._stream.is_broken or 0 < len(block) < BLOCK_BYTES:
            raise _cut_off()
        if not block.strip(b"\0"):
            return None
        try:
            header = header_of(block)
        except NoHeaderError:
            raise damaged("a part of it is not what an archive has there") from None
        if header.kind == _SPARSE:
            self._skip_map(block)
        return header

    def _skip_map(self, block: bytes) -> None:
        """Of a sparse file: where its parts belong."""
        first, later = _SPARSE_CONTINUES
        continues = block[first]
        while continues and len(block := self._stream.read(BLOCK_BYTES)) == BLOCK_BYTES:
            continues = block[later]

    def _file(self, header: Header) -> Iterator[Member]:
        name = self._pax.get("GNU.sparse.name") or self._pax.get("path") or self._long_name or header.name
        size = self._size_bytes(header)
        if header.kind in _WITHOUT_CONTENT:
            return
        if header.kind not in (*_FILES, _SPARSE) or not is_shown(name):
            self._skip(size)
            return
        take_member(self._document)
        if header.kind == _SPARSE or "GNU.sparse.major" in self._pax:
            yield Member(name, why_not=CannotExtractError("DOCUMENT_DAMAGED", "it has holes and can't be read here"))
            self._skip(size)
        elif size > MEMBER_BYTES_MAX:
            yield Member(name, why_not=too_large())
            self._skip(size)
        else:
            yield from self._whole(name, size)

    def _whole(self, name: str, size: int) -> Iterator[Member]:
        content = self._stream.read(size)
        missing = size - len(content)
        yield Member(name, content)
        if missing:
            raise _cut_off()
        del content
        self._stream.skip(-size % BLOCK_BYTES)

    def _size_bytes(self, header: Header) -> int:
        told = self._pax.get("size", "")
        return int(told) if told.isdecimal() and len(told) <= _SIZE_DIGITS_MAX else header.size_bytes

    def _extended(self, header: Header) -> bytes:
        """What an extended header says, or the start of it."""
        said = self._stream.read(min(header.size_bytes, EXTENDED_BYTES_MAX))
        self._skip(header.size_bytes, len(said))
        return said

    def _skip(self, size: int, done: int = 0) -> None:
        """Pass over what is left of `size` bytes, and the rest of their last block."""
        self._stream.skip(size - done + -size % BLOCK_BYTES)


def _cut_off() -> CannotExtractError:
    return damaged("it ends in the middle")
