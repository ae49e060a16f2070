"""RTF, the office documents before 2007 and Outlook's .msg, by the library xberg. Imported only when it runs."""

from __future__ import annotations

import asyncio
import json
from functools import cached_property
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors import word_97, xberg_metadata, xberg_rtf
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.legacy_kinds import OUTLOOK, RTF, WORD, media_type_of
from octavo_server.extractors.ole import OleFile
from octavo_server.extractors.plain import with_unix_newlines

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xberg

_LINES_MAX = 150_000
"""Of an RTF. The library's time grows with their square: 80,000 take 2.4 s, 160,000 take 9 s, 320,000 take 40 s."""
_TABLE_CELLS_MAX = 10_000_000
"""Its own limit of 100,000 is less than one sheet of two columns."""
_ATTACHMENT_BYTES_MAX = 8 << 20
"""Of a larger attachment, only the name is read."""


class Xberg:
    """Reads .rtf, .doc, .xls, .ppt and .msg in one step.

    A mail's text starts with its headers; its attachments follow by name, those the library reads with their text.
    """

    name = "xberg"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:  # noqa: ARG002  # the library has no such limit; what it makes of a document is about as long
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT, DOCUMENT_TOO_LARGE.

        Raises RefusalError (DOCUMENT_TOO_LARGE) for a document that no other extractor should try either.
        """
        size = document.size_bytes
        report(Progress("byte", 0, size))
        media_type = media_type_of(document)
        data = document.data[:]
        read = self._read(data, media_type)
        report(Progress("byte", size, size))
        text = _text(data, media_type, read)
        if not text.strip():
            raise CannotExtractError("NO_TEXT", "no text: the document has none, or only in images")
        return Extracted(
            text=text,
            warnings=tuple(_warnings(data, media_type, read)),
            metadata=xberg_metadata.metadata_of(read),
        )

    def warm_up(self) -> None:
        """Load the library and start its threads."""
        self._read(b"{\\rtf1 warm}", RTF)

    def _read(self, data: bytes, media_type: str) -> xberg.ExtractedDocument:
        import xberg  # noqa: PLC0415  # 100 MB that only children map

        if media_type == RTF:
            data = xberg_rtf.prepared(data)
            if xberg_rtf.lines(data) > _LINES_MAX:
                raise CannotExtractError("DOCUMENT_TOO_LARGE", f"the document has over {_LINES_MAX:,} lines")
        given = xberg.ExtractInput(kind="bytes", bytes=data, mime_type=media_type)
        config = _config(with_attachments=media_type == OUTLOOK)
        try:
            answer = self._loop.run_until_complete(xberg.extract(given, config))
        except Exception as error:  # noqa: BLE001  # RuntimeError, or a panic of Rust, whose type is not public
            raise _told(str(error)) from None
        return answer.results[0]

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        # The library has only a coroutine. Its work runs on threads of its own, which start with the first document.
        return asyncio.new_event_loop()


def _config(*, with_attachments: bool) -> xberg.ExtractionConfig:
    """All text and nothing else: no cache on disk, no OCR, no models, no markup."""
    import xberg  # noqa: PLC0415  # as above

    return xberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        disable_ocr=True,
        output_format="plain",
        content_filter=xberg.ContentFilterConfig(
            include_headers=True,
            include_footers=True,
            include_footnotes=True,
            strip_repeating_text=False,
            include_watermarks=True,
        ),
        postprocessor=xberg.PostProcessorConfig(enabled=False),
        concurrency=xberg.ConcurrencyConfig(max_threads=1),
        security_limits=xberg.SecurityLimits(max_table_cells=_TABLE_CELLS_MAX),
        max_archive_depth=int(with_attachments),
        max_embedded_file_bytes=_ATTACHMENT_BYTES_MAX,
    )


def _told(message: str) -> Exception:
    if "password" in message or "encrypt" in message:
        return CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
    if message.startswith("Security violation"):
        return RefusalError("DOCUMENT_TOO_LARGE", "the document unpacks to more than is reasonable")
    return CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged: its structure can't be followed")


def _text(data: bytes, media_type: str, read: xberg.ExtractedDocument) -> str:
    text = (word_97.text_of(OleFile(data)) if media_type == WORD else "") or with_unix_newlines(read.content)
    if media_type == RTF:
        return xberg_rtf.cleaned(text)
    # The library puts the notes of a presentation beside its text.
    notes = json.loads(read.metadata.additional.get("speaker_notes", "[]"))
    return "\n\n".join([text, *map(with_unix_newlines, notes)])


def _warnings(data: bytes, media_type: str, read: xberg.ExtractedDocument) -> Iterator[str]:
    if media_type == RTF and xberg_rtf.is_cut_off(data):
        yield "the document ends in the middle: what follows is missing"
    unread = [said for said in read.processing_warnings if said.source == "email_attachment_extraction"]
    if unread:
        yield f"the text of {len(unread)} attachments could not be read and was left out"
