"""The headers of a tar archive (POSIX.1-2008, pax; GNU tar's and the old one's, too)."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_BYTES = 512
_MAGIC = b"ustar"
_POSIX_MAGIC = b"ustar\0"
_OCTAL_DIGITS = b"01234567"
_RECORD_BYTES_MIN = 5
_RECORDS_MAX = 200
"""Of one header. Names and sizes stand among them, beside times, owners and attributes."""
_LARGE_NUMBER = 0x80
"""GNU tar: set in the first byte of a number that is binary rather than octal."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before a file."""

    name: str
    size_bytes: int
    """Of what follows in the archive."""
    kind: bytes
    """One byte: what it is a header of."""


class NoHeaderError(Exception):
    """These bytes are none."""


def header_of(block: bytes) -> Header:
    """Reads `BLOCK_BYTES` bytes. Raises NoHeaderError."""
    if len(block) < BLOCK_BYTES or _sum(block) != _number(block[148:156]):
        raise NoHeaderError
    name = _text(block[:100])
    if block[257:263] == _POSIX_MAGIC and (folder := _text(block[345:500])):
        name = f"{folder}/{name}"
    return Header(name=name, size_bytes=_number(block[124:136]), kind=block[156:157])


def is_tar(start: bytes) -> bool:
    """Do these first `BLOCK_BYTES` bytes begin an archive?"""
    try:
        return bool(header_of(start).name)
    except NoHeaderError:
        return False


def pax_records(data: bytes) -> dict[str, str]:
    """What an extended header says: records of `LENGTH KEY=VALUE` and a newline."""
    records: dict[str, str] = {}
    position = 0
    for _ in range(_RECORDS_MAX):
        length, _, _ = data[position : position + 20].partition(b" ")
        if not length.isdigit() or int(length) < _RECORD_BYTES_MIN:
            break
        record = data[position : position + int(length)]
        key, _, value = record[len(length) + 1 :].removesuffix(b"\n").partition(b"=")
        records[_text(key)] = _text(value)
        position += int(length)
    return records


def _sum(block: bytes) -> int:
    """The sum of all bytes, those of the sum itself taken as spaces."""
    return sum(block[:148]) + 8 * ord(" ") + sum(block[156:BLOCK_BYTES])


def _number(field: bytes) -> int:
    if field[0] & _LARGE_NUMBER:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip()
    if digits.strip(_OCTAL_DIGITS):
        raise NoHeaderError
    return int(digits or b"0", 8)


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0]
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
