"""Which character encoding a text is in."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mmap

SAMPLE_BYTES = 65_536
"""What a guess looks at, which takes 6 ms at most."""
_CONTEXT_BYTES = 1024
"""How much of the sample stands before the first byte that is not UTF-8."""
UTF_8_BOM = b"\xef\xbb\xbf"
_BOMS = (
    # UTF-32 before UTF-16: its little-endian mark starts with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (UTF_8_BOM, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    # The bytes of a unit, and which of them is NUL in Latin text. UTF-32 first.
    ("utf-32-le", 4, 3),
    ("utf-32-be", 4, 0),
    ("utf-16-le", 2, 1),
    ("utf-16-be", 2, 0),
)
_NULS_SHARE_MIN = 0.01
"""Line feeds and digits give even Chinese that many. Random bytes have 0.4 %."""
_UNPRINTABLE_SHARE_MAX = 0.02
"""Of what looked like UTF-16. Read as UTF-16, every tenth pair of random bytes is no character in use."""
_WHITESPACE = dict.fromkeys(map(ord, "\t\n\r\f\v \u00a0\u2028\u3000\ufeff"))
_GOOD_FOR_BAD_MIN = 10
"""So many characters of valid UTF-8 for each invalid byte: UTF-8 with a few damages, and nothing else."""

_PYTHON_NAMES = {
    # The detector names encodings as browsers do (encoding.spec.whatwg.org), where each is the widest of its family.
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
    "GBK": "gb18030",
    "Big5": "big5hkscs",
    "windows-874": "cp874",
    "ISO-8859-8-I": "iso8859-8",
}
_JAPANESE_MAIL = re.compile(rb"\x1b\$[@B]")
"""ISO-2022-JP's switch to kanji (RFC 1468). All its bytes are ASCII, so it passes as UTF-8."""
_IN_WORDS_OF_DOS = re.compile(
    rb"(?<=[a-z])[\x80-\x82\x84\x86-\x89\x8b\x8d\x8f-\x91\x93-\x95\x98\x99\x9b\x9d\xa0-\xa9\xab\xac\xae-\xb4\xb6\xb8\xb9\xbb-\xbf](?=[a-z])"
)
"""Bytes inside a word that are neither a letter nor likely there in windows-1252: cp850 has its letters there."""
_LIKELY_IN_WINDOWS = re.compile(
    rb"(?<=[a-z])[\x83\x8a\x8c\x8e\x92\x9a\x9c\x9e\x9f\xb5\xc0-\xff](?=[a-z])"
    rb"|(?<![A-Za-z])[\x91\x93](?=[A-Za-z])|(?<=[A-Za-z.,!?])\x94(?![A-Za-z])"
)
"""Letters and apostrophes of windows-1252 inside a word, its quotation marks around one."""


def by_mark(data: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    return next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)


def by_nuls(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by where its NUL bytes stand."""
    sample = data[:SAMPLE_BYTES]
    if b"\0" not in sample:
        return None
    fitting = [name for name, width, place in _WIDE if _is_wide(sample, name, width, place)]
    # Both orders can fit Chinese, where U+4E00 is frequent. Text has few different high bytes, but all low ones.
    return min(fitting, key=lambda name: _high_bytes(sample, name), default=None)


def by_escapes(data: bytes) -> str | None:
    """ISO-2022-JP."""
    return "iso2022_jp_ext" if data.isascii() and _JAPANESE_MAIL.search(data) else None


def by_guess(data: bytes | mmap.mmap, first_invalid: int) -> str:
    """The likeliest encoding of a text that stops being UTF-8 at the byte `first_invalid`. Takes anything for text."""
    import chardetng_py  # type: ignore[import-untyped]  # noqa: PLC0415  # a library without types, which only children load

    start = max(0, first_invalid - _CONTEXT_BYTES)
    sample = data[start : start + SAMPLE_BYTES]
    if _is_damaged_utf_8(sample):
        return "utf-8"
    guessed = chardetng_py.detect(sample)
    if guessed == "windows-1252" and _is_dos(sample):
        return "cp850"
    return codecs.lookup(_PYTHON_NAMES.get(guessed, guessed)).name


def _is_wide(sample: bytes, encoding: str, width: int, place: int) -> bool:
    nuls = sample[place::width].count(0)
    characters = len(sample) // width
    if nuls <= characters * _NULS_SHARE_MIN or (nuls < characters / 2 and _is_list(sample)):
        return False
    # The sample may end within a surrogate pair, which a decoder that expects more bytes forgives.
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    unprintable = sum(not char.isprintable() for char in text.translate(_WHITESPACE))
    return unprintable <= len(text) * _UNPRINTABLE_SHARE_MAX


def _is_list(sample: bytes) -> bool:
    """Is it ASCII text with NUL bytes between, as `find -print0` writes it?"""
    text = sample.replace(b"\0", b"")
    return text.isascii() and text.decode().translate(_WHITESPACE).isprintable()


def _high_bytes(sample: bytes, encoding: str) -> int:
    return next(len(set(sample[place::width])) for name, width, place in _WIDE if name == encoding)


def _is_damaged_utf_8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    invalid = text.count("\ufffd")
    return sum(not char.isascii() for char in text) - invalid >= invalid * _GOOD_FOR_BAD_MIN


def _is_dos(sample: bytes) -> bool:
    return len(_IN_WORDS_OF_DOS.findall(sample)) > len(_LIKELY_IN_WINDOWS.findall(sample))
