"""PDF, by the library of the Chromium browser. Imported only when it runs."""

from __future__ import annotations

import mmap
import re
from contextlib import suppress
from ctypes import Array, c_char
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report
from octavo_server.extractors.pdf_annotations import annotation_texts
from octavo_server.extractors.pdf_metadata import metadata_of

if TYPE_CHECKING:
    import pypdfium2

PAGES_SEEN_MAX = 20
"""Of a document without text: so many are looked at for images."""
FORMS_DEPTH_MAX = 4
"""How far an image may stand in forms within forms."""
_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5
"""fpdfview.h: FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY."""
_ENCRYPTION = b"/Encrypt"
"""ISO 32000-1, 7.5.5: an entry of the trailer, which is never encrypted or compressed itself."""
_HYPHEN_AT_LINE_END = re.compile("[\x02\ufffe]")
"""pdfium puts one of these where a word is hyphenated, in place of the hyphen and of the line's end."""


class Pdfium:
    """Reads a PDF page by page; a line feed between pages."""

    name = "pdfium"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT."""
        pdf = _open(document)
        try:
            text, unreadable = _text(pdf, chars_max, report)
            if not text.strip():
                raise CannotExtractError("NO_TEXT", f"no text: the pages are {_seen_on(pdf)}")
            metadata = metadata_of(pdf)
        finally:
            pdf.close()
        warnings = (f"{unreadable} of {metadata.page_count} pages can't be read",) if unreadable else ()
        return Extracted(text=text, warnings=warnings, metadata=metadata)

    def warm_up(self) -> None:
        """Load the native library."""
        import pypdfium2  # noqa: F401, PLC0415  # loading it is the point; the server itself never does


def _open(document: Document) -> pypdfium2.PdfDocument:
    import pypdfium2  # noqa: PLC0415  # 0.1 s and 8 MB that only children pay

    try:
        return pypdfium2.PdfDocument(document.content or _mapped(document))
    except pypdfium2.PdfiumError as error:
        # The code is the last error's, which need not be this one's: an encrypted document says so.
        if error.err_code in (_PASSWORD_ERROR, _SECURITY_ERROR) and document.data.find(_ENCRYPTION) >= 0:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the PDF is encrypted") from None
        raise CannotExtractError(
            "DOCUMENT_DAMAGED", "the document is damaged or not a PDF: no pages can be read from it"
        ) from None


def _mapped(document: Document) -> Array[c_char]:
    """The bytes as the library takes them, without a copy: only pages that are read take memory."""
    assert document.descriptor is not None
    # Writable, for ctypes takes no other; a private mapping's file stays as it is.
    mapped = mmap.mmap(document.descriptor, 0, flags=mmap.MAP_PRIVATE)
    return (c_char * len(mapped)).from_buffer(mapped)


def _text(pdf: pypdfium2.PdfDocument, chars_max: int, report: Report) -> tuple[str, int]:
    """The text, and how many pages can't be read."""
    import pypdfium2  # noqa: PLC0415  # loaded by now

    pages, chars, unreadable, total = [], 0, 0, len(pdf)
    for index in range(total):
        try:
            text = _page_text(pdf, index)
        except pypdfium2.PdfiumError:
            text = ""
            unreadable += 1
        pages.append(text)
        chars += len(text)
        report(Progress("page", index + 1, total))
        if chars > chars_max:
            break
    if unreadable == total:
        raise CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: none of its pages can be read")
    return _HYPHEN_AT_LINE_END.sub("-\n", "\n".join(pages)), unreadable


def _seen_on(pdf: pypdfium2.PdfDocument) -> str:
    """What is on pages without text: only images are worth an OCR."""
    import pypdfium2  # noqa: PLC0415  # loaded by now

    for index in range(min(len(pdf), PAGES_SEEN_MAX)):
        with suppress(pypdfium2.PdfiumError):
            page = pdf[index]
            try:
                kinds = [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
                if next(page.get_objects(filter=kinds, max_depth=FORMS_DEPTH_MAX), None):
                    return "images"
            finally:
                page.close()
    return "blank, or drawings"


def _page_text(pdf: pypdfium2.PdfDocument, index: int) -> str:
    # Closed at once: a page keeps its decoded images and fonts until then.
    page = pdf[index]
    try:
        text_page = page.get_textpage()
        try:
            text = str(text_page.get_text_bounded())
        finally:
            text_page.close()
        return "\n".join([text, *annotation_texts(page)])
    finally:
        page.close()
