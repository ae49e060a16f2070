"""What the library xberg tells about a document."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from octavo_server.domain.ids import Instant
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.office.properties import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xberg

_COUNTS = ("page_count", "slide_count", "sheet_count")
_OF_THE_TOOL = (
    "source_",
    "final_uri",
    "extraction_method",
    "formulas_",
    "attachment_details",
    "content_type",
    "speaker_notes",
)
"""What xberg says of its own work; and formulas, which are as long as the sheets."""


def metadata_of(document: xberg.ExtractedDocument) -> DocumentMetadata:
    """The fields that all documents share, and the rest under xberg's names."""
    told = document.metadata
    additional = {key: _plain(value) for key, value in told.additional.items() if not key.startswith(_OF_THE_TOOL)}
    counts = (additional.pop(name, "") for name in _COUNTS)
    return DocumentMetadata(
        media_type=document.mime_type,
        title=told.title or told.subject or "",
        author=", ".join(told.authors or ()) or told.created_by or "",
        create_time=instant(told.created_at or ""),
        page_count=next((number for text in counts if (number := count(text)) is not None), None),
        language=told.language or "",
        more=dict(_more(document)) | additional,
    )


def instant(text: str) -> Instant | None:
    """A moment as ISO 8601 or as mail (RFC 5322) writes it; in UTC where it does not say otherwise."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return Instant((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _more(document: xberg.ExtractedDocument) -> Iterator[tuple[str, str]]:
    told = document.metadata
    if told.subject and told.title:
        yield "subject", told.subject
    if told.keywords:
        yield "keywords", ", ".join(told.keywords)
    if told.modified_by:
        yield "modified_by", told.modified_by
    if told.modified_at:
        yield "modified_at", told.modified_at


def _plain(value: str) -> str:
    """The values of xberg's map are JSON."""
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, str) else value
