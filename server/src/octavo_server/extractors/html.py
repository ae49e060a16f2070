"""Pages of the web, HTML and XHTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.domain.limits import MIB
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors import charsets
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.hypertext import charset
from octavo_server.extractors.hypertext.dates import instant
from octavo_server.extractors.hypertext.page import Page
from octavo_server.extractors.hypertext.prose import Prose

if TYPE_CHECKING:
    from octavo_server.extractors.hypertext.page import Facts

BYTES_MAX = 128 * MIB
"""A larger page is refused: as characters it takes up to four times as much memory."""
_XHTML = re.compile(r"\s*<\?xml\s|[^<]*<!DOCTYPE[^>]*XHTML|[^<]*<html[^>]*\sxmlns=", re.IGNORECASE)
"""Whether <title/> ends at once matters only where a page is written as XML, which says so at its start."""
_XHTML_EXTENSIONS = (".xhtml", ".xht")
_START_CHARS = 2_048
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_UNPRINTABLE_SHARE_MAX = 0.01
_CREATED = ("dcterms.created", "dc.date.created", "article:published_time", "dc.date", "date")


class Html:
    """Reads a page tag by tag; what a browser makes of wrong nesting changes no word, so no tree is built."""

    name = "html"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError (DOCUMENT_DAMAGED) for binary data; RefusalError (DOCUMENT_TOO_LARGE, NO_TEXT)."""
        size = document.size_bytes
        if size > BYTES_MAX:
            raise RefusalError("DOCUMENT_TOO_LARGE", f"the page has more than {BYTES_MAX // MIB} MB")
        text, encoding, warnings = charset.read(document.data, document.data[: charsets.SAMPLE_BYTES])
        if is_binary(text):
            raise CannotExtractError("DOCUMENT_DAMAGED", "the document is binary data, not a page of HTML")
        xml = document.extension in _XHTML_EXTENSIONS or bool(_XHTML.match(text[:_START_CHARS]))
        prose = Prose()
        page = Page(prose)

        def progress(read: int) -> None:
            report(Progress("byte", size * read // len(text), size))

        page.read(text, xml=xml, chars_max=chars_max, progress=progress)
        report(Progress("byte", size, size))
        if not page.has_words:
            # Nobody else is asked: Tika takes some such pages for plain text, and gives their scripts.
            raise RefusalError("NO_TEXT", "no text: the page is blank")
        return Extracted(text=prose.text(), warnings=warnings, metadata=_metadata(page.facts, encoding, xml=xml))

    def warm_up(self) -> None:
        """There is nothing to load."""


def is_binary(text: str) -> bool:
    """Is it no text at all, to judge by its first 64 K characters?"""
    sample = text[: charsets.SAMPLE_BYTES]
    return len(_UNPRINTABLE.findall(sample)) > len(sample) * _UNPRINTABLE_SHARE_MAX + 1


def _metadata(facts: Facts, encoding: str, *, xml: bool) -> DocumentMetadata:
    meta = dict(facts.meta)
    title = facts.title or meta.get("og:title", "")
    author = meta.pop("author", "") or meta.get("dc.creator", "")
    created = next((meta[name] for name in _CREATED if name in meta), "")
    meta.pop("content-type", None)
    return DocumentMetadata(
        media_type="application/xhtml+xml" if xml else "text/html",
        title=title,
        author=author,
        create_time=instant(created),
        language=facts.language or meta.get("content-language", ""),
        more={**meta, "charset": encoding},
    )
