"""Word, PowerPoint and Excel documents since 2007, read part by part from their zip archive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.members import shown
from octavo_server.extractors.office.archive import Archive
from octavo_server.extractors.office.content_types import main_part, media_type
from octavo_server.extractors.office.flow import EnoughTextError, Flow
from octavo_server.extractors.office.foreign_parts import ForeignParts
from octavo_server.extractors.office.presentation import read_presentation
from octavo_server.extractors.office.properties import metadata
from octavo_server.extractors.office.spreadsheet import read_workbook
from octavo_server.extractors.office.wordprocessing import read_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from octavo_server.extractors.members import ReadMember

    Read = Callable[..., int | None]

_WORD = ("wordprocessingml", "ms-word", "word/")
_PRESENTATION = ("presentationml", "ms-powerpoint", "ppt/")
_WORKBOOK = ("spreadsheetml", "ms-excel", "xl/")
"""What their media types have in common; where none is told, the folder of the main part."""


class OfficeOpenXml:
    """Reads .docx, .pptx, .xlsx, and the same with macros or as templates: body, notes, comments, charts, headers.

    With `read_member` also what a .docx has inside as HTML, RTF or another format; without it, that is told.
    """

    name = "office-open-xml"

    def __init__(self, *, read_member: ReadMember | None = None) -> None:
        self._read_member = read_member

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
        foreign = ForeignParts(document, archive, self._read_member, chars_max=chars_max)
        read = _reader(told or part, foreign)
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
        unread = (*archive.damaged, *archive.missing)
        if not text.strip() and unread:
            raise CannotExtractError("DOCUMENT_DAMAGED", f"the document is damaged: {_told(unread)} can't be read")
        if not text.strip():
            raise CannotExtractError("NO_TEXT", "no text: the document has none, or only in images")
        warnings = (*_warnings(archive), *foreign.warnings())
        return Extracted(text=text, warnings=warnings, metadata=metadata(archive, media_type=told, page_count=pages))

    def warm_up(self) -> None:
        """Nothing to load: the parser is Python's own."""


def _reader(told: str, foreign: ForeignParts) -> Read | None:
    readers: dict[tuple[str, ...], Read] = {
        _WORD: partial(read_word, read_foreign=foreign.read),
        _PRESENTATION: read_presentation,
        _WORKBOOK: read_workbook,
    }
    return next((read for marks, read in readers.items() if any(mark in told for mark in marks)), None)


def _warnings(archive: Archive) -> Iterator[str]:
    for state, parts in (("damaged", archive.damaged), ("missing", archive.missing)):
        if parts:
            yield f"{_told(parts)} is {state} and was left out"


def _told(parts: Sequence[str]) -> str:
    first, *more = parts
    return f"its part {shown(first)}, as {len(more)} more," if more else f"its part {shown(first)}"
