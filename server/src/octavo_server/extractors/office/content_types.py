"""What an Office Open XML document is: its main part and media type (ECMA-376-2, 6.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.relationships import relationships, targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive

_LISTED = "[Content_Types].xml"
_MAIN = ".main+xml"
_USUAL = ("word/document.xml", "ppt/presentation.xml", "xl/workbook.xml")
"""Where all programs put the main part, though none must."""


def main_part(archive: Archive) -> str:
    """The name of the part that all others hang from; empty if there is none."""
    named = targets(relationships(archive, ""), "officeDocument")
    return next((name for name in (*named, *_USUAL) if name in archive), "")


def media_type(archive: Archive, part: str) -> str:
    """The document's media type, told by its main part's; empty if that is not told."""
    found: dict[str, str] = {}

    def start(attributes: Mapping[str, str]) -> None:
        found[attributes.get("PartName", "").lstrip("/").lower()] = attributes.get("ContentType", "")

    if _LISTED in archive:
        Reader(starts={"Override": start}, ends={}).read(archive.index(_LISTED))
    told = found.get(part.lower(), "")
    if not told.endswith(_MAIN):
        return ""
    kind = told.removesuffix(_MAIN)
    # IANA registered these with a version.
    return f"{kind}.12" if kind.endswith("macroEnabled") else kind
