"""Base64 as mails have it (RFC 2045, 6.8): cut into lines, sometimes several in a row, with text behind, or damaged."""

from __future__ import annotations

import binascii
import re

_WHITESPACE = b" \t\r\n\f\v"
_CLEAN = re.compile(rb"[A-Za-z0-9+/]*+={0,2}")
_RUN = re.compile(rb"[A-Za-z0-9+/]++")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]++")
_LINES = re.compile(
    # Whole lines of digits, the last of which may be padded.
    # Only single characters are repeated possessively: of groups, Python 3.11.2 gets it wrong (gh-106052).
    rb"(?:[ \t\r]*+[A-Za-z0-9+/]*+[ \t\r]*+\n)*(?:[ \t\r]*+[A-Za-z0-9+/]*+(?:={1,3}[ \t\r]*+(?:\n|\Z)|[ \t\r]*+\Z))?"
)
_LINE = re.compile(rb"[^\n]*+\n?")
_PADDED = re.compile(rb"[ \t\r]*+([A-Za-z0-9+/]*+={1,2})")
"""What ends in the middle of a line."""
_MORE = re.compile(
    rb"\s*+(?:[A-Za-z0-9+/]{16,}=*+|(?:[A-Za-z0-9+/]{4}){0,4}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=))(?:\s|\Z)"
)
"""Behind a padding: more of it, and no word of a text."""
_DAMAGED_CHARS_MIN = 40
_DAMAGED_SHARE_MAX = 0.05
"""Of characters that are no digits, in a line that is base64 nevertheless."""


def digits_decoded(data: bytes) -> bytes:
    """What can be decoded of the digits, whatever stands between. Behind a padding, another encoding begins."""
    found = bytearray()
    for run in _RUN.finditer(_FOREIGN.sub(b"", data)):
        found += _bytes_of(run[0])
    return bytes(found)


def body_decoded(data: bytes) -> tuple[bytes, bytes]:
    """What can be decoded; and what stands behind it that is no base64, such as the footer of a mailing list."""
    digits = data.translate(None, _WHITESPACE)
    if _CLEAN.fullmatch(digits):
        return digits_decoded(digits), b""
    found, pending, position = bytearray(), bytearray(), 0
    while position < len(data):
        start, position = position, _behind_lines(data, position)
        pending += data[start:position].translate(None, _WHITESPACE)
        padded = _PADDED.match(data, position)
        if padded and (len(pending) + len(padded[1])) % 4 == 0:
            pending += padded[1]
            position = padded.end()
        if pending.endswith(b"="):
            found += digits_decoded(bytes(pending))
            pending.clear()
            if not _MORE.match(data, position):
                break
            continue
        odd = _LINE.match(data, position)
        if not odd or not _is_damaged(odd[0]):
            break
        pending += _FOREIGN.sub(b"", odd[0])
        position = odd.end()
    found += digits_decoded(bytes(pending))
    return bytes(found), data[position:]


def _behind_lines(data: bytes, start: int) -> int:
    lines = _LINES.match(data, start)
    return lines.end() if lines else start


def _is_damaged(line: bytes) -> bool:
    """Is it a line of base64 with a few characters that don't belong there?"""
    line = line.strip()
    odd = sum(len(run) for run in _FOREIGN.findall(line))
    return len(line) >= _DAMAGED_CHARS_MIN and odd <= len(line) * _DAMAGED_SHARE_MAX


def _bytes_of(digits: bytes) -> bytes:
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
