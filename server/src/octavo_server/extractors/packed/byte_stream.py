"""Bytes that come one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.packed.member import take_bytes
from octavo_server.extractors.packed.unpacking import CHUNK_BYTES, BrokenError, Compression, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from octavo_server.extractors.base import Document, Report


class ByteStream:
    """A document's bytes, unpacked if it is compressed. What is unpacked counts, and how far it is, is reported."""

    def __init__(self, document: Document, compression: Compression | None, report: Report) -> None:
        self.is_broken = False
        """Could a part not be unpacked? Then the stream ends there."""
        self._chunks = _unpacked(document, compression) if compression else _as_it_is(document)
        self._size_bytes = document.size_bytes
        self._report = report
        self._chunk = b""
        self._position = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end. Raises RefusalError (DOCUMENT_TOO_LARGE)."""
        return b"".join(self._pieces(size))

    def skip(self, size: int) -> int:
        """Pass over so many bytes; how many there were."""
        return sum(len(piece) for piece in self._pieces(size))

    def start(self, size: int) -> bytes:
        """The first bytes, which are read again later. At most `CHUNK_BYTES`, before anything else is read."""
        chunk = self.read(size)
        self._chunk, self._position = chunk + self._chunk[self._position :], 0
        return chunk

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size and (self._position < len(self._chunk) or self._next_chunk()):
            piece = self._chunk[self._position : self._position + size]
            self._position += len(piece)
            size -= len(piece)
            yield piece

    def _next_chunk(self) -> bool:
        self._chunk, self._position = b"", 0
        try:
            self._chunk, completed = next(self._chunks, (b"", self._size_bytes))
        except BrokenError:
            self.is_broken = True
            return False
        self._report(Progress("byte", completed, self._size_bytes))
        return bool(self._chunk)


def _unpacked(document: Document, compression: Compression) -> Iterator[tuple[bytes, int]]:
    for chunk, completed in unpacked(document.data, compression):
        take_bytes(document, len(chunk))
        yield chunk, completed


def _as_it_is(document: Document) -> Iterator[tuple[bytes, int]]:
    data, size = document.data, document.size_bytes
    for start in range(0, size, CHUNK_BYTES):
        yield data[start : start + CHUNK_BYTES], min(size, start + CHUNK_BYTES)
