"""Word, PowerPoint and Excel documents since 2007, read part by part from their zip archive."""

from __future__ import annotations

from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.office.archive import Archive, shown
from octavo_server.extractors.office.content_types import main_part, media_type
from octavo_server.extractors.office.flow import EnoughTextError, Flow
from octavo_server.extractors.office.presentation import read_presentation
from octavo_server.extractors.office.properties import metadata
from octavo_server.extractors.office.spreadsheet import read_workbook
from octavo_server.extractors.office.wordprocessing import read_word

_READERS = {
    "wordprocessingml": read_word,
    "ms-word": read_word,
    "presentationml": read_presentation,
    "ms-powerpoint": read_presentation,
    "spreadsheetml": read_workbook,
    "ms-excel": read_workbook,
    # Where the media type is not told, the folder of the main part.
    "word/": read_word,
    "ppt/": read_presentation,
    "xl/": read_workbook,
}


class OfficeOpenXml:
    """Reads .docx, .pptx, .xlsx, and the same with macros or as templates: body, notes, comments, charts, headers."""

    name = "office-open-xml"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT.

        Raises RefusalError for what no other extractor should try either: DOCUMENT_TOO_LARGE, OUTPUT_TOO_LARGE, and
        DOCUMENT_DAMAGED for a document that declares entities.
        """
        archive = Archive(document)
        part = main_part(archive)
        if not part:
            raise CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: its main part is missing")
        told = media_type(archive, part)
        read = next((reader for mark, reader in _READERS.items() if mark in (told or part)), None)
        if read is None:
            raise CannotExtractError("DOCUMENT_DAMAGED", "the document is no text, presentation or workbook")
        flow = Flow(chars_max=chars_max)
        try:
            pages = read(archive, part, flow, report=report)
        except EnoughTextError:
            # Raised in any part, also before the rest is read: no shorter text may pass for the whole.
            raise RefusalError(
                "OUTPUT_TOO_LARGE", f"the document has more than {chars_max:,} characters of text"
            ) from None
        text = str(flow).strip("\n")
        if not text.strip() and archive.left_out:
            raise CannotExtractError("DOCUMENT_DAMAGED", f"the document is damaged: {_told(archive)} can't be read")
        if not text.strip():
            raise CannotExtractError("NO_TEXT", "no text: the document has none, or only in images")
        warnings = (f"{_told(archive)} is damaged and was left out",) if archive.left_out else ()
        return Extracted(text=text, warnings=warnings, metadata=metadata(archive, media_type=told, page_count=pages))

    def warm_up(self) -> None:
        """Nothing to load: the parser is Python's own."""


def _told(archive: Archive) -> str:
    first, *more = archive.left_out
    return f"its part {shown(first)}, as {len(more)} more," if more else f"its part {shown(first)}"
