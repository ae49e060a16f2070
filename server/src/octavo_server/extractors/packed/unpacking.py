"""Compressed bytes, unpacked piece by piece: gzip (RFC 1952), bzip2 and xz."""

from __future__ import annotations

import bz2
import lzma
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from octavo_server.domain.limits import MIB
from octavo_server.extractors.base import RefusalError

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable, Generator, Iterator

CHUNK_BYTES = 256 * 1024
"""Unpacked in one step."""
_PACKED_BYTES = 64 * 1024
"""Read in one step."""
_STREAMS_MAX = 100_000
"""One file may be many compressed ones in a row. Blocked gzip, as in genetics, starts one every 64 KB."""
_XZ_MEMORY_BYTES_MAX = 128 * MIB
"""The strongest level of `xz` takes 65 MB."""


class Decompressor(Protocol):
    """As bz2 and lzma have it."""

    @property
    def eof(self) -> bool:
        """Is the compressed file at its end?"""

    @property
    def needs_input(self) -> bool:
        """Has it given all it can?"""

    @property
    def unused_data(self) -> bytes:
        """What follows the end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes more."""


class _Gzip:
    """zlib's, made like the other two."""

    def __init__(self) -> None:
        self._inflating = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflating.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflating.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        unpacked = self._inflating.decompress(self._inflating.unconsumed_tail + data, max_length)
        self.needs_input = len(unpacked) < max_length and not self._inflating.unconsumed_tail
        return unpacked


@dataclass(frozen=True, slots=True)
class Compression:
    """A way of compressing one file."""

    magic: bytes
    media_type: str
    extensions: tuple[str, ...]
    start: Callable[[], Decompressor]


COMPRESSIONS = (
    Compression(b"\x1f\x8b", "application/gzip", (".gz", ".tgz", ".svgz"), _Gzip),
    Compression(b"BZh", "application/x-bzip2", (".bz2", ".tbz2", ".tbz"), bz2.BZ2Decompressor),
    Compression(
        b"\xfd7zXZ\0",
        "application/x-xz",
        (".xz", ".txz"),
        lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES_MAX),
    ),
)


class BrokenError(Exception):
    """What was unpacked so far is right; the rest can't be."""


def unpacked(data: mmap.mmap | bytes, compression: Compression) -> Iterator[tuple[bytes, int]]:
    """The content piece by piece, each with how many bytes of `data` it took so far.

    What follows the compressed file, and is none, is passed over. Raises BrokenError; RefusalError (DOCUMENT_TOO_LARGE)
    for one in more pieces than any honest program makes.
    """
    position = streams = 0
    while data[position : position + len(compression.magic)] == compression.magic:
        streams += 1
        if streams > _STREAMS_MAX:
            raise RefusalError("DOCUMENT_TOO_LARGE", f"the archive is compressed in over {_STREAMS_MAX:,} pieces")
        try:
            position = yield from _stream(data, position, compression.start())
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
            raise BrokenError from None


def _stream(data: mmap.mmap | bytes, position: int, machine: Decompressor) -> Generator[tuple[bytes, int], None, int]:
    """Gives where the next one may start."""
    while not machine.eof:
        packed = b""
        if machine.needs_input:
            packed = data[position : position + _PACKED_BYTES]
            position += len(packed)
            if not packed:
                raise EOFError
        if chunk := machine.decompress(packed, CHUNK_BYTES):
            yield chunk, position
    return position - len(machine.unused_data)
