"""What is inside a document and of no type by content or name: text, or XML of any kind."""

from __future__ import annotations

import re

from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.base import Document, Extracted, Report
from octavo_server.extractors.hypertext.xml_events import (
    EnoughError,
    NotWellFormedError,
    Quiet,
    damaged,
    read_document,
)
from octavo_server.extractors.plain import Plain

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
_START_BYTES = 4_096
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CUT_BYTES_MAX = 3
"""So much of a character may be missing at the end of a sample."""


class Untyped:
    """Reads text as it is, and of XML what stands between its tags."""

    name = "untyped"

    def __init__(self) -> None:
        self._plain = Plain()

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_DAMAGED; RefusalError (DOCUMENT_TOO_LARGE)."""
        if not _XML.match(document.data[:_START_BYTES]):
            return self._plain.extract(document, chars_max=chars_max, report=report)
        heard = _Heard(chars_max)
        warnings: tuple[str, ...] = ()
        try:
            read_document(document, heard, report, with_starts=False)
        except EnoughError:
            pass
        except NotWellFormedError as error:
            if not heard.chars:
                raise damaged(error, "the document") from None
            warnings = (f"the document is damaged, {error}: what comes behind was left out",)
        return Extracted(text=heard.lines(), warnings=warnings, metadata=DocumentMetadata(media_type="application/xml"))

    def warm_up(self) -> None:
        """There is nothing to load."""


def is_text(document: Document) -> bool:
    """Does it start like XML or like text in UTF-8?"""
    start = document.data[:_START_BYTES]
    if _XML.match(start):
        return True
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - _CUT_BYTES_MAX or len(start) < _START_BYTES:
            return False
    return not _NOT_IN_TEXT.search(start)


class _Heard(Quiet):
    """What stands between tags: words of two elements stay apart, and lines without words are left out."""

    def __init__(self, chars_max: int) -> None:
        self.chars = 0
        self._chars_max = chars_max
        self._parts: list[str] = []

    def end(self, name: str) -> None:  # noqa: ARG002  # what a listener hears
        self._parts.append(" ")

    def text(self, text: str) -> None:
        if words := text.strip():
            self.chars += len(words)
        self._parts.append(text if words else "\n" if "\n" in text else " ")
        if self.chars > self._chars_max:
            raise EnoughError

    def lines(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).splitlines())
        return "\n".join(line for line in lines if line)
