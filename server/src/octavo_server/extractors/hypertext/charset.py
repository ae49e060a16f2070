"""Which character encoding a page of HTML or XML is in, as browsers find it out (html.spec.whatwg.org, 13.2.3)."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from octavo_server.extractors import charsets
from octavo_server.extractors.plain import with_unix_newlines

if TYPE_CHECKING:
    import mmap

_START_BYTES = 4096
"""Browsers look at 1,024 bytes; a head may be longer, and nobody gains from not seeing what it tells."""
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._:-]+)")
_META = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_WIDEST = {
    # What browsers mean by a name is the widest encoding of its family (encoding.spec.whatwg.org, 4.2).
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_OF_TEXT = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-[rut]|mac-[a-z]+|gb18030|big5hkscs|cp932|euc_j\w+|shift_jis\w*|iso2022_\w+|johab"
)
"""Python knows others, which no page is in: base64, idna, unicode_escape."""


def declared_in(start: bytes) -> str | None:
    """The encoding that a page or XML document names in its first bytes, as Python calls it."""
    start = start[:_START_BYTES]
    match = _XML_DECLARATION.search(start) or _META.search(start)
    return known(match.group(1).decode()) if match else None


def known(name: str) -> str | None:
    """Python's name of an encoding that text can be in; None if it's none."""
    if name.lower().startswith(("utf-16", "utf-32", "utf16", "utf32", "ucs-2", "ucs-4")):
        # Its declaration was read as ASCII, so this can't be (13.2.3.2, step 17).
        return "utf-8"
    try:
        python_name = codecs.lookup(
            {"x-sjis": "cp932", "x-gbk": "gb18030"}.get(name.lower(), name.lower().removeprefix("x-"))
        ).name
    except (LookupError, ValueError):
        return None
    python_name = _WIDEST.get(python_name, python_name)
    return python_name if _OF_TEXT.fullmatch(python_name) else None


def read(data: bytes | mmap.mmap, start: bytes) -> tuple[str, str, tuple[str, ...]]:
    r"""The text, newlines as \n; its encoding; and warnings.

    By a byte order mark; else by what the document declares; else by where its NUL bytes stand; else it is UTF-8; else
    it is guessed. `start`: the data's first bytes, `charsets.SAMPLE_BYTES` of them.
    """
    told = charsets.by_mark(start)
    encoding = told or charsets.by_nuls(start) or declared_in(start) or charsets.by_escapes(start) or "utf-8"
    warnings = []
    try:
        text = codecs.decode(data, encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and not told:
            encoding = charsets.by_guess(data, error.start)
            warnings.append(f"the page is not valid UTF-8; it was read as {encoding}")
        text = codecs.decode(data, encoding, "replace")
        if lost := text.count("\ufffd"):
            warnings.append(f"what is not valid {encoding} became U+FFFD, {lost} times")
    text = text.removeprefix("\ufeff").replace("\0", "")
    return with_unix_newlines(text), encoding, tuple(warnings)
