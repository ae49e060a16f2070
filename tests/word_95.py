"""A .doc as Word 95 wrote it: the text behind a header, in a file system in a file (OLE)."""

import struct
from collections.abc import Sequence

SECTOR_BYTES = 512
STREAM_BYTES_MIN = 4_096
"""Smaller ones stand elsewhere in the file ([MS-CFB] 2.6.3)."""
TEXT_START = 768
_FREE, _END_OF_CHAIN, _IS_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NO_ENTRY = 0xFFFFFFFF
_STREAM, _ROOT = 2, 5
_PAGE_BYTES = 512
"""Of the lists of characters' and paragraphs' properties."""


def word_95(paragraphs: Sequence[str]) -> bytes:
    """A .doc with these paragraphs, in windows-1252."""
    return _compound_file("WordDocument", _word_document(paragraphs))


def _word_document(paragraphs: Sequence[str]) -> bytes:
    text = "".join(f"{paragraph}\r" for paragraph in paragraphs).encode("cp1252")
    end = TEXT_START + len(text)
    header = bytearray(TEXT_START)
    # The file information block: magic, version, language; where the text starts and ends; how long it is.
    struct.pack_into("<HHHH", header, 0, 0xA5DC, 104, 0, 0x0409)
    struct.pack_into("<II", header, 24, TEXT_START, end)
    struct.pack_into("<I", header, 0x34, len(text))
    body = bytes(header) + text
    body += bytes(-len(body) % _PAGE_BYTES)
    page = len(body) // _PAGE_BYTES
    bounds = struct.pack("<II", TEXT_START, end)
    body += (bounds + bytes(_PAGE_BYTES - len(bounds) - 1) + b"\x01") * 2
    tables = (
        (0x88, struct.pack("<II", 0, len(text)) + struct.pack("<hihi", 0, -1, 0, -1)),
        (0xB8, bounds + struct.pack("<H", page)),
        (0xC0, bounds + struct.pack("<H", page + 1)),
        (0xD0, struct.pack("<H", 2)),
    )
    tail = b""
    for place, table in tables:
        struct.pack_into("<II", header, place, len(body) + len(tail), len(table))
        tail += table
    whole = bytes(header) + body[TEXT_START:] + tail
    return whole + bytes(max(0, STREAM_BYTES_MIN - len(whole)))


def _compound_file(name: str, stream: bytes) -> bytes:
    """[MS-CFB], version 3, with one stream. Its sectors: the allocation table, the directory, the stream."""
    count = -(-len(stream) // SECTOR_BYTES)
    assert count + 2 <= SECTOR_BYTES // 4, "one sector of allocations is all there is"
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1,
                         1, 0, STREAM_BYTES_MIN, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)  # fmt: skip
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    chain = [*range(3, count + 2), _END_OF_CHAIN]
    allocations = [_IS_FAT, _END_OF_CHAIN, *chain]
    allocations += [_FREE] * (SECTOR_BYTES // 4 - len(allocations))
    directory = _entry("Root Entry", _ROOT, child=1, start=_END_OF_CHAIN, size=0)
    directory += _entry(name, _STREAM, child=_NO_ENTRY, start=2, size=len(stream))
    directory += 2 * _entry("", 0, child=_NO_ENTRY, start=0, size=0)
    padding = bytes(count * SECTOR_BYTES - len(stream))
    return header + struct.pack("<128I", *allocations) + directory + stream + padding


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le") if name else b""
    links = (_NO_ENTRY, _NO_ENTRY, child)
    return struct.pack("<64sHBB3I16xI8x8xIQ", encoded, len(encoded), kind, 1, *links, 0, start, size)
