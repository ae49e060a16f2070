"""What parent and child write to each other: a header, which is a JSON object, and bytes.

Never pickle: a document that takes over its child writes these frames.
"""

import json
import struct
from typing import Any

HEADER_BYTES_MAX = 256 * 1024
"""Warnings and metadata at their bounds, in JSON's longest spelling, take 240 KB."""
PREFIX = struct.Struct("!II")
"""The sizes of the header and of the bytes behind it."""

Header = dict[str, Any]


class MalformedFrameError(Exception):
    """The other side did not write a frame, or not one of those it may write."""


def pack(header: Header, payload_bytes: int = 0) -> bytes:
    """A frame up to, not including, its payload."""
    encoded = json.dumps(header).encode()
    return PREFIX.pack(len(encoded), payload_bytes) + encoded


def unpack_prefix(prefix: bytes, *, payload_bytes_max: int) -> tuple[int, int]:
    """The sizes of header and payload. Raises MalformedFrameError beyond the bounds."""
    header_bytes, payload_bytes = PREFIX.unpack(prefix)
    if header_bytes > HEADER_BYTES_MAX or payload_bytes > payload_bytes_max:
        raise MalformedFrameError(f"a frame of {header_bytes} + {payload_bytes} bytes is over its limit")
    return header_bytes, payload_bytes


def unpack_header(encoded: bytes) -> Header:
    """The header. Raises MalformedFrameError."""
    try:
        header = json.loads(encoded)
    except (ValueError, RecursionError):
        raise MalformedFrameError("a header is not JSON") from None
    if not isinstance(header, dict):
        raise MalformedFrameError("a header is not an object")
    return header
