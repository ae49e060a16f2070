"""An OpenDocument archive: what it says about itself, and whether it can be read (OpenDocument 1.3, part 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.properties import PART_BYTES_MAX, count, instant, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive

CONTENT = "content.xml"
STYLES = "styles.xml"
_MEDIA_TYPE = "mimetype"
_MANIFEST = "META-INF/manifest.xml"
_META = "meta.xml"
_ENCRYPTED_WHOLE = "encrypted-package"
"""Programs since 2023 encrypt the document as one archive in another."""
_MEDIA_TYPE_CHARS_MAX = 200
_FIELDS = {
    "dc:title": "title",
    "dc:creator": "creator",
    "dc:date": "date",
    "dc:subject": "subject",
    "dc:description": "description",
    "dc:language": "language",
    "meta:initial-creator": "initial-creator",
    "meta:creation-date": "creation-date",
    "meta:keyword": "keyword",
    "meta:generator": "generator",
    "meta:editing-cycles": "editing-cycles",
    "meta:printed-by": "printed-by",
}
_OWN_FIELDS = ("title", "initial-creator", "creation-date", "language")


def check_encryption(archive: Archive) -> None:
    """Raises CannotExtractError (DOCUMENT_ENCRYPTED)."""
    found: list[bool] = []

    def start(_attributes: Mapping[str, str]) -> None:
        found.append(True)

    if archive.size_bytes(_MANIFEST):
        Reader(starts={"manifest:encryption-data": start}, ends={}).read(archive.index(_MANIFEST))
    if found or _ENCRYPTED_WHOLE in archive:
        raise CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")


def media_type(archive: Archive) -> str:
    """As the document tells it; empty if it doesn't."""
    return archive.start(_MEDIA_TYPE, bytes_max=_MEDIA_TYPE_CHARS_MAX).decode("ascii", "replace").strip()


def metadata(archive: Archive, *, media_type: str, page_count: int | None) -> DocumentMetadata:
    """All of it that can be read. `page_count`: counted; None: what the document says."""
    told: dict[str, str] = {}
    pages: list[str] = []

    def statistic(attributes: Mapping[str, str]) -> None:
        pages.append(attributes.get("meta:page-count", ""))

    if 0 < archive.size_bytes(_META) <= PART_BYTES_MAX:
        try:
            told.update(values(archive, _META, _FIELDS, starts={"meta:document-statistic": statistic}))
        except CannotExtractError:
            # The text can be read all the same, which is what matters.
            told.clear()
    return DocumentMetadata(
        media_type=media_type,
        title=told.get("title", ""),
        # The creator is who wrote it last; only a document that was never changed names no other.
        author=told.get("initial-creator") or told.get("creator", ""),
        create_time=instant(told.get("creation-date", "")),
        page_count=page_count if page_count is not None else count(next(iter(pages), "")),
        language=told.get("language", ""),
        more={name: value for name, value in told.items() if name not in _OWN_FIELDS},
    )
