"""What an Office Open XML document says about itself (ECMA-376-2, 8; ECMA-376-1, 22.2)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo_server.domain.ids import Instant
from octavo_server.domain.metadata import TEXT_CHARS_MAX, DocumentMetadata
from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.relationships import relationships, targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.markup import Start

PART_BYTES_MAX = 1_048_576
"""A larger part is not read: it has another purpose than to describe the document."""
_CORE = {
    "dc:title": "title",
    "dc:creator": "creator",
    "dc:language": "language",
    "dc:subject": "subject",
    "dc:description": "description",
    "cp:keywords": "keywords",
    "cp:category": "category",
    "cp:contentStatus": "contentStatus",
    "cp:lastModifiedBy": "lastModifiedBy",
    "cp:revision": "revision",
    "dcterms:created": "created",
    "dcterms:modified": "modified",
}
_EXTENDED = {
    f"{name}": name
    for name in ("Application", "AppVersion", "Company", "Manager", "Template", "Pages", "Slides", "Words")
}
_OWN_FIELDS = ("title", "creator", "language", "created", "Pages", "Slides")


def metadata(archive: Archive, *, media_type: str, page_count: int | None = None) -> DocumentMetadata:
    """All of it that can be read. `page_count`: counted; None: what the document says."""
    told: dict[str, str] = {}
    try:
        roots = relationships(archive, "")
        for part in targets(roots, "core-properties", "extended-properties", "coreProperties", "extendedProperties"):
            if 0 < archive.size_bytes(part) <= PART_BYTES_MAX:
                told.update(values(archive, part, {**_CORE, **_EXTENDED}))
    except CannotExtractError:
        # The text can be read all the same, which is what matters.
        pass
    return DocumentMetadata(
        media_type=media_type,
        title=told.get("title", ""),
        author=told.get("creator", ""),
        create_time=instant(told.get("created", "")),
        page_count=page_count if page_count is not None else count(told.get("Pages") or told.get("Slides", "")),
        language=told.get("language", ""),
        more={name: value for name, value in told.items() if name not in _OWN_FIELDS},
    )


def values(
    archive: Archive, part: str, wanted: Mapping[str, str], *, starts: Mapping[str, Start] = MappingProxyType({})
) -> Mapping[str, str]:
    """The texts of the elements that are `wanted`, under the names it gives them. `starts`: for other elements."""
    found: dict[str, str] = {}
    heard: list[str] = []

    def end_of(key: str) -> None:
        reader.listen(None)
        if text := "".join(heard)[: 2 * TEXT_CHARS_MAX].strip():
            found[key] = f"{found[key]}, {text}"[: 2 * TEXT_CHARS_MAX] if key in found else text

    def start(_attributes: Mapping[str, str]) -> None:
        heard.clear()
        reader.listen(heard.append)

    reader = Reader(
        starts={**dict.fromkeys(wanted, start), **starts},
        ends={name: partial(end_of, key) for name, key in wanted.items()},
    )
    reader.read(archive.chunks(part))
    return found


def instant(text: str) -> Instant | None:
    """A date and time of ISO 8601; in UTC if it has no zone."""
    try:
        parsed = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return Instant((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def count(text: str) -> int | None:
    """A number of pages; None if it is none."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None  # noqa: PLR2004  # ten digits do not fit
