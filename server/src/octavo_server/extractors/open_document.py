"""OpenDocument texts, workbooks and presentations, read part by part from their zip archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.office import odf_document
from octavo_server.extractors.office.archive import Archive
from octavo_server.extractors.office.flow import EnoughTextError, Flow
from octavo_server.extractors.office.odf_margins import read_margins
from octavo_server.extractors.office.odf_story import OdfStory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TEXT = "opendocument.text"
_WORKBOOK = "opendocument.spreadsheet"


class OpenDocument:
    """Reads .odt, .ods, .odp and .odg, and the same as templates."""

    name = "open-document"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT.

        Raises RefusalError for what no other extractor should try either: DOCUMENT_TOO_LARGE, OUTPUT_TOO_LARGE, and
        DOCUMENT_DAMAGED for a document that declares entities.
        """
        archive = Archive(document)
        odf_document.check_encryption(archive)
        if odf_document.CONTENT not in archive:
            raise CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: its main part is missing")
        told = odf_document.media_type(archive)
        flow = Flow(chars_max=chars_max)
        try:
            pages = _read(archive, flow, told, report)
        except EnoughTextError:
            # Raised in any part, also before the rest is read: no shorter text may pass for the whole.
            raise RefusalError(
                "OUTPUT_TOO_LARGE", f"the document has more than {chars_max:,} characters of text"
            ) from None
        text = str(flow).strip("\n")
        if not text.strip():
            raise CannotExtractError("NO_TEXT", "no text: the document has none, or only in images")
        return Extracted(text=text, metadata=odf_document.metadata(archive, media_type=told, page_count=pages))

    def warm_up(self) -> None:
        """Nothing to load: the parser is Python's own."""


def _read(archive: Archive, flow: Flow, media_type: str, report: Report) -> int | None:
    """How many slides or sheets there are; None of a text: it does not know its pages."""
    is_text = _TEXT in media_type
    headers: Sequence[str] = ()
    footers: Sequence[str] = ()
    if is_text and odf_document.STYLES in archive:
        headers, footers = read_margins(archive.chunks(odf_document.STYLES), flow.beside())
    for header in headers:
        flow.write_paragraph(header)
    pages = _read_content(archive, flow, report, names_tables=_WORKBOOK in media_type)
    for footer in footers:
        flow.write_paragraph(footer)
    return None if is_text else pages


def _read_content(archive: Archive, flow: Flow, report: Report, *, names_tables: bool) -> int:
    pages = [0]

    def start_table(attributes: Mapping[str, str]) -> None:
        pages[0] += 1
        flow.write_paragraph(attributes.get("table:name", ""))

    def start_page(_attributes: Mapping[str, str]) -> None:
        pages[0] += 1

    total = archive.size_bytes(odf_document.CONTENT)
    starts = {"draw:page": start_page, **({"table:table": start_table} if names_tables else {})}
    OdfStory(flow, starts=starts).read(
        archive.chunks(odf_document.CONTENT), progress=lambda done: report(Progress("byte", done, total))
    )
    return pages[0]
