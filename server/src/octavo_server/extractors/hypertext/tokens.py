"""HTML cut into tags and the text between them, as browsers cut it (html.spec.whatwg.org, 13.2.5)."""

from __future__ import annotations

import html
import re
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)"
    # A quoted value may hold a ">". A quotation mark elsewhere is a character like others.
    r"(?P<attributes>(?:[^>=]++|=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>"
)
"""Possessive throughout: it never goes back, so it takes time in proportion to the tag."""
_TAG_START = re.compile(r"</?[A-Za-z]")
_ATTRIBUTES_MAX = 200
_TEXT_CHARS = 1_048_576
"""A longer text is told in pieces, so that its reader may stop."""
_ATTRIBUTE = re.compile(
    r"([^\t\n\f\r />=\"']++)(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\t\n\f\r >]++)))?+"
)
_DECLARATION = re.compile(r"<!DOCTYPE[^>\[]*+\[", re.IGNORECASE)
"""One with declarations of its own, as only XML has them; they are not read."""
_DECLARATION_WITHIN_CHARS = 4_096
"""Of a page's start. It stands once, before the root; a page that has thousands of them wants to take long."""
_DECLARATIONS_CHARS_MAX = 1_048_576
_UNQUOTED_END = re.compile(r"=[\t\n\f\r ]*+[^\t\n\f\r \"'>=]++$")
"""A value without quotation marks at the end of a tag: a "/" there belongs to the value, not to the tag."""
_COMMENT = "<!--"
_COMMENT_END = re.compile(r"--!?>")
_CDATA = "<![CDATA["
_CDATA_END = "]]>"
_OTHER_MARKUP = ("<!", "<?", "</")
"""A declaration, an instruction, an end tag without a name: whatever it is, it goes on to the next ">"."""
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
"""What stands inside is no markup."""
_RAW_WITH_REFERENCES = frozenset({"title", "textarea"})
_ENDS = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in sorted(_RAW | _RAW_WITH_REFERENCES)}
_NUMBER_TOO_LONG = re.compile(r"&#[0-9]{1000,}+;?")
"""No character has it, and Python refuses to read a number of more than 4,300 digits."""


class Sort(Enum):
    """What a token is."""

    TEXT = auto()
    START = auto()
    END = auto()


Token = tuple[Sort, str, str, int]
"""A piece of a page: its sort; the text, its character references decoded, or the tag's name in lower case; a start
tag's attributes, as they are written; where the next token starts. A plain tuple: a page has hundreds of thousands."""


def tokens(page: str, *, xml: bool) -> Iterator[Token]:
    """All of them, in order; comments, declarations and instructions are left out.

    `xml`: <title/> ends the element, CDATA sections are text, and names may have a prefix.
    """
    start = 0
    while (at := page.find("<", start)) >= 0:
        if at > start:
            yield from _text(page, start, at)
        tag = _TAG.match(page, at)
        if tag is None:
            text, start = _untagged(page, at, xml=xml)
            if text:
                yield Sort.TEXT, text, "", start
            continue
        ending, name, attributes = tag.groups()
        name, start = name.lower(), tag.end()
        if xml:
            name = name.rpartition(":")[2]
        if ending:
            yield Sort.END, name, "", start
            continue
        yield Sort.START, name, attributes, start
        if xml and attributes.endswith("/") and not _UNQUOTED_END.search(attributes):
            yield Sort.END, name, "", start
        elif name in _ENDS:
            closing = _ENDS[name].search(page, start)
            # Without an end tag, all the rest is the element's, as in browsers.
            end = closing.start() if closing else len(page)
            yield from _text(page, start, end, is_raw=name in _RAW)
            start = end
    yield from _text(page, start, len(page))


def attributes_of(attributes: str) -> Mapping[str, str]:
    """The attributes of a start tag, names in lower case. The first of a name counts."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(attributes), _ATTRIBUTES_MAX):
        name, *values = match.groups(default="")
        found.setdefault(name.lower(), decoded("".join(values)))
    return found


def decoded(text: str) -> str:
    """The text with its character references decoded; those of no character become U+FFFD, unknown ones stay."""
    if "&" not in text:
        return text
    return html.unescape(_NUMBER_TOO_LONG.sub("\ufffd", text))


def _text(page: str, start: int, end: int, *, is_raw: bool = False) -> Iterator[Token]:
    while start < end:
        stop = end
        if end - start > _TEXT_CHARS:
            # At a space, to cut no character reference in two.
            stop = max(page.rfind(" ", start, start + _TEXT_CHARS) + 1, 0) or start + _TEXT_CHARS
        text = page[start:stop]
        yield Sort.TEXT, text if is_raw else decoded(text), "", stop
        start = stop


def _untagged(page: str, at: int, *, xml: bool) -> tuple[str, int]:
    """What starts with a "<" that starts no tag: the text to show for it, and where it ends."""
    if page.startswith(_COMMENT, at):
        ending = _COMMENT_END.search(page, at + 2)
        return "", ending.end() if ending else len(page)
    if xml and page.startswith(_CDATA, at):
        end = page.find(_CDATA_END, at)
        end = len(page) if end < 0 else end
        return page[at + len(_CDATA) : end], min(len(page), end + len(_CDATA_END))
    if page.startswith(_OTHER_MARKUP, at):
        end = page.find(">", _behind_declarations(page, at))
        return "", len(page) if end < 0 else end + 1
    if _TAG_START.match(page, at):
        # It has no end before the document's.
        return "", len(page)
    return "<", at + 1


def _behind_declarations(page: str, at: int) -> int:
    """Where those end that the declaration at `at` has inside; `at` if there are none."""
    if at < _DECLARATION_WITHIN_CHARS and (declaration := _DECLARATION.match(page, at)):
        return max(at, page.find("]", declaration.end(), declaration.end() + _DECLARATIONS_CHARS_MAX))
    return at
