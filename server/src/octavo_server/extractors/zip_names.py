"""The names of a zip archive's members, without unpacking or listing any."""

import mmap
import struct

_END = b"PK\x05\x06"
_END_BYTES_MAX = 22 + 65_535
"""APPNOTE.TXT 4.3.16: the end of central directory record, and the longest comment behind it."""
_LARGE_LOCATOR = b"PK\x06\x07"
_LARGE_LOCATOR_BYTES = 20
_LARGE_END = b"PK\x06\x06"
_LARGE_END_BYTES = 56
"""4.3.14 and 4.3.15: the same for archives that need numbers of 64 bits."""
_IN_LARGE_END = 0xFFFFFFFF
_NAMES_BYTES_MAX = 4 * 1024 * 1024
"""Of the directory; the members that tell what a document is stand among the first 50,000."""


def directory_place(data: mmap.mmap | bytes) -> tuple[int, int] | None:
    """Where the central directory starts and how many bytes it has, as the archive says; None if it is cut off."""
    at = data.rfind(_END, max(0, len(data) - _END_BYTES_MAX))
    if at < 0:
        return None
    if at + 20 > len(data):
        return 0, 0
    size, start = struct.unpack_from("<II", data, at + 12)
    if _IN_LARGE_END in (size, start):
        return _large(data, at - _LARGE_LOCATOR_BYTES) or (start, size)
    return start, size


def zip_names(data: mmap.mmap | bytes) -> bytes:
    """The central directory as it is, names among other facts; empty if the archive is cut off."""
    start, size = directory_place(data) or (0, 0)
    return data[start : start + min(size, _NAMES_BYTES_MAX)]


def has_end(data: mmap.mmap | bytes) -> bool:
    """Is its last record there? Without it, the archive was cut off."""
    return data.rfind(_END, max(0, len(data) - _END_BYTES_MAX)) >= 0


def _large(data: mmap.mmap | bytes, locator: int) -> tuple[int, int] | None:
    if locator < 0 or data[locator : locator + 4] != _LARGE_LOCATOR:
        return None
    (end,) = struct.unpack_from("<Q", data, locator + 8)
    record = data[end : end + _LARGE_END_BYTES]
    if len(record) < _LARGE_END_BYTES or record[:4] != _LARGE_END:
        return None
    size, start = struct.unpack_from("<QQ", record, 40)
    return start, size
