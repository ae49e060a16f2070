"""What a PDF says about itself: its information dictionary (ISO 32000-1, 14.3.3) and its catalog."""

from __future__ import annotations

import re
from contextlib import suppress
from ctypes import c_ushort
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from octavo_server.domain.ids import Instant
from octavo_server.domain.metadata import DocumentMetadata

if TYPE_CHECKING:
    import pypdfium2

_DATE = re.compile(
    r"(?:D:)?(?P<year>\d{4})(?P<month>\d\d)?(?P<day>\d\d)?(?P<hour>\d\d)?(?P<minute>\d\d)?(?P<second>\d\d)?"
    r"(?P<sign>[+-])?(?:(?P<off_hours>\d\d)'?(?P<off_minutes>\d\d)?)?"
)
"""ISO 32000-1, 7.9.4."""
_LANGUAGE_CHARS_MAX = 64


def metadata_of(pdf: pypdfium2.PdfDocument) -> DocumentMetadata:
    """Title, author, date, language, number of pages, and the rest of the dictionary."""
    told: dict[str, str] = pdf.get_metadata_dict(skip_empty=True)
    version = pdf.get_version()
    more = {"PDFVersion": f"{version // 10}.{version % 10}"} if version else {}
    return DocumentMetadata(
        media_type="application/pdf",
        title=told.pop("Title", ""),
        author=told.pop("Author", ""),
        create_time=instant(told.pop("CreationDate", "")),
        page_count=len(pdf),
        language=_language(pdf),
        more=told | more,
    )


def instant(date: str) -> Instant | None:
    """The point in time of a PDF date like `D:20260612105123+02'00'`; without a zone it is taken for UTC."""
    found = _DATE.match(date)
    if not found:
        return None
    parts = {name: int(found[name] or least) for name, least in _LEAST.items()}
    sign = -1 if found["sign"] == "-" else 1
    offset = timedelta(hours=int(found["off_hours"] or 0), minutes=int(found["off_minutes"] or 0))
    with suppress(ValueError, OverflowError):
        zone = timezone(sign * offset) if found["sign"] else UTC
        return Instant(datetime(**parts, tzinfo=zone).timestamp())
    return None


_LEAST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


def _language(pdf: pypdfium2.PdfDocument) -> str:
    import pypdfium2.raw as pdfium  # noqa: PLC0415  # loaded by now

    buffer = (c_ushort * _LANGUAGE_CHARS_MAX)()
    size = pdfium.FPDFCatalog_GetLanguage(pdf.raw, buffer, 2 * _LANGUAGE_CHARS_MAX)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0") if size <= 2 * _LANGUAGE_CHARS_MAX else ""
