"""The names of a zip archive's members, without unpacking or listing any."""

import mmap
import struct

_END = b"PK\x05\x06"
_END_BYTES = 22
_COMMENT_BYTES_MAX = 65_536
"""APPNOTE.TXT 4.3.16: the end of central directory record and the comment behind it; zipfile searches a byte more."""
_LARGE_LOCATOR = b"PK\x06\x07"
_LARGE_LOCATOR_BYTES = 20
_LARGE_END = b"PK\x06\x06"
_LARGE_END_BYTES = 56
"""4.3.14 and 4.3.15: the same for archives that need numbers of 64 bits."""
_IN_LARGE_END = 0xFFFFFFFF
_NAMES_BYTES_MAX = 4 * 1024 * 1024
"""Of the directory; the members that tell what a document is stand among the first 50,000."""


def directory_place(data: mmap.mmap | bytes) -> tuple[int, int] | None:
    """Where the central directory starts and how many bytes it has; None if the archive is cut off.

    The same bytes that Python's zipfile would read, also where the archive contradicts itself: bounds rest on this. It
    takes the size from the record with 64 bits wherever there is one, and looks for the directory right before its end.
    """
    end = _end(data)
    if end is None:
        return None
    (size,) = struct.unpack_from("<I", data, end + 12)
    locator = end - _LARGE_LOCATOR_BYTES
    large = locator - _LARGE_END_BYTES
    if large >= 0 and data[locator : locator + 4] == _LARGE_LOCATOR and data[large : large + 4] == _LARGE_END:
        (size,) = struct.unpack_from("<Q", data, large + 40)
        end = large
    elif size == _IN_LARGE_END and size > end:
        # The record with the true size is gone: zipfile reads nothing.
        return 0, 0
    return max(0, end - size), size


def zip_names(data: mmap.mmap | bytes) -> bytes:
    """The central directory as it is, names among other facts; empty if the archive is cut off."""
    start, size = directory_place(data) or (0, 0)
    return data[start : start + min(size, _NAMES_BYTES_MAX)]


def has_end(data: mmap.mmap | bytes) -> bool:
    """Is its last record there? Without it, the archive was cut off."""
    return _end(data) is not None


def _end(data: mmap.mmap | bytes) -> int | None:
    last = len(data) - _END_BYTES
    if last < 0:
        return None
    # Without a comment it is the last thing there is; the numbers in it may look like another one.
    if data[last : last + 4] == _END and data[-2:] == b"\0\0":
        return last
    found = data.rfind(_END, max(0, last - _COMMENT_BYTES_MAX))
    return found if 0 <= found <= last else None
