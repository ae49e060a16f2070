"""What a page or an XML document is, by its first bytes: its document type or its root element."""

from __future__ import annotations

import re

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""Byte order marks, without the NUL bytes of UTF-32's."""
_SPACE = re.compile(rb"\s*+")
_NAME = re.compile(rb"<([\w:-]++)")
_HTML_DOCTYPE = re.compile(rb"<!doctype\s++html\b", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!doctype[^>\[]*+(\[)?", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s*+>")
_COMMENT, _COMMENT_END = b"<!--", b"-->"
_INSTRUCTION, _TAG_END = b"<?", b">"
HTML = b"html"


def root_of(start: bytes) -> bytes:
    """The name of the root element, with its prefix; `html` if the document type is HTML; empty if there is none.

    `start`: the document's first bytes, in any encoding that has ASCII in it, UTF-16 and UTF-32 too. Takes time in
    proportion to them.
    """
    start = start.replace(b"\0", b"")
    for mark in _MARKS:
        start = start.removeprefix(mark)
    at: int | None = 0
    while at is not None:
        space = _SPACE.match(start, at)
        at = space.end() if space else at
        if _HTML_DOCTYPE.match(start, at):
            return HTML
        if name := _NAME.match(start, at):
            return HTML if name[1].lower() == HTML else name[1]
        at = _behind(start, at)
    return b""


def _behind(start: bytes, at: int) -> int | None:
    """Where the comment, instruction or document type at `at` has ended; None if none of them starts and ends."""
    if start.startswith(_COMMENT, at):
        return _found(start, _COMMENT_END, at + len(_COMMENT))
    if start.startswith(_INSTRUCTION, at):
        return _found(start, _TAG_END, at)
    doctype = _DOCTYPE.match(start, at)
    if not doctype:
        return None
    if not doctype[1]:
        return _found(start, _TAG_END, doctype.end())
    ending = _SUBSET_END.search(start, doctype.end())
    return ending.end() if ending else None


def _found(start: bytes, what: bytes, at: int) -> int | None:
    found = start.find(what, at)
    return None if found < 0 else found + len(what)
