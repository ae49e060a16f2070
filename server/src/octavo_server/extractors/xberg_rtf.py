"""What has to be done to RTF before and after xberg reads it."""

import re

_SECTION_OR_PAGE = re.compile(rb"(?<!\\)((?:\\\\)*)\\(?:page|sect)(?![A-Za-z0-9-])")
"""Not with an even number of backslashes before it: those are text."""
_NEW_PARAGRAPH = rb"\1\\par "
"""As long as what it replaces, so that \\bin still counts its bytes rightly."""
_PICTURE_BYTES = re.compile(rb"(?<![0-9A-Fa-f\r\n])[0-9A-Fa-f\r\n]{1024,}+")
"""Nobody writes a thousand hexadecimal digits without a space, but for pictures and embedded objects."""
_MACINTOSH = re.compile(rb"^(\{\\rtf\d*)\\mac(?![A-Za-z])")
_MACINTOSH_NUMBERED = rb"\ansi\ansicpg10000"
"""xberg knows the code page by its number only."""
_TAIL_BYTES = 1_024
"""Some writers put line ends or NUL bytes behind the last brace."""
_FOOTNOTE_MARK = re.compile(r"\[\^(\d+)\]")
_PICTURE = re.compile(r"^\[Image: image\]$\n?", re.MULTILINE)


def prepared(data: bytes) -> bytes:
    """With a paragraph's end where a page or a section ends: xberg would make one word of what stands around it.

    Without pictures, which are most of a large document, and which xberg decodes.
    """
    data = _PICTURE_BYTES.sub(b"", data)
    start = _MACINTOSH.match(data)
    if start:
        data = start[1] + _MACINTOSH_NUMBERED + data[start.end() :]
    return _SECTION_OR_PAGE.sub(_NEW_PARAGRAPH, data)


def lines(data: bytes) -> int:
    """About how many lines and paragraphs there are, never too few."""
    return data.count(rb"\par") + data.count(rb"\line")


def cleaned(text: str) -> str:
    """Without the marks that xberg puts where a picture is, and with footnotes numbered in plain brackets."""
    return _FOOTNOTE_MARK.sub(r"[\1]", _PICTURE.sub("", text))


def is_cut_off(data: bytes) -> bool:
    """Does it end before its last brace?"""
    return not data[-_TAIL_BYTES:].rstrip(b"\0\r\n\t ").endswith(b"}")
