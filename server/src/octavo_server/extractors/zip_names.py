"""The names of a zip archive's members, without unpacking or listing any."""

import mmap
import struct

_END = b"PK\x05\x06"
_END_BYTES_MAX = 22 + 65_535
"""APPNOTE.TXT 4.3.16: the end of central directory record, and the longest comment behind it."""
_NAMES_BYTES_MAX = 4 * 1024 * 1024
"""Of the directory; the members that tell what a document is stand among the first 50,000."""


def zip_names(data: mmap.mmap) -> bytes:
    """The central directory as it is, names among other facts; empty if the archive is cut off."""
    at = data.rfind(_END, max(0, len(data) - _END_BYTES_MAX))
    if at < 0 or at + 20 > len(data):
        return b""
    size, start = struct.unpack_from("<II", data, at + 12)
    return data[start : start + min(size, _NAMES_BYTES_MAX)]


def has_end(data: mmap.mmap) -> bool:
    """Is its last record there? Without it, the archive was cut off."""
    return data.rfind(_END, max(0, len(data) - _END_BYTES_MAX)) >= 0
