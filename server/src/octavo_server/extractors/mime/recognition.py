"""Whether a document is a mail, by its first bytes."""

import re

from octavo_server.extractors.charsets import UTF_8_BOM

START_BYTES = 4_096
_NAMES = (
    b"received|return-path|delivered-to|from|to|cc|subject|date|message-id|reply-to|sender|in-reply-to|references|"
    b"mime-version|content-type|content-transfer-encoding|dkim-signature|authentication-results|arc-seal|"
    b"x-mozilla-status|x-mailer|x-originating-ip|x-received|x-account-key"
)
_FIRST_LINE = re.compile(rb"\s{0,8}(?:\d{1,10}\s*\n)?[A-Za-z][A-Za-z0-9-]{0,60}:")
"""A header; before it, Apple Mail writes the number of bytes (.emlx)."""
_KNOWN_HEADER = re.compile(rb"^(" + _NAMES + rb"):[ \t\r\n]", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\S[ \t]*\r?\n\r?\n")
_KNOWN_MIN = 3
"""Of different headers. A letter in plain text may start with "From:" and "To:", too."""
_ONLY_IN_MAIL = frozenset({b"mime-version", b"message-id", b"received", b"return-path", b"dkim-signature"})
_KNOWN_MIN_WITH_THESE = 2


def is_mail(start: bytes) -> bool:
    """Do these first bytes of a document, `START_BYTES` of them, begin with the headers of a mail?"""
    start = start.removeprefix(UTF_8_BOM)
    if not _FIRST_LINE.match(start):
        return False
    blank = _BLANK_LINE.search(start)
    headers = start[: blank.end()] if blank else start
    known = {name.lower() for name in _KNOWN_HEADER.findall(headers)}
    return len(known) >= (_KNOWN_MIN_WITH_THESE if known & _ONLY_IN_MAIL else _KNOWN_MIN)
