"""Footnotes, endnotes and comments of a word document, each kind a part of its own (ECMA-376-1, 17.11 and 17.13.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.office.story import Story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.asides import Asides
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.numbering import Numbering


def read_notes(
    archive: Archive, part: str, kind: str, flow: Flow, *, numbering: Numbering, asides: Asides
) -> Mapping[str, str]:
    """The text of each note of `kind`, like "footnote", by its number; of a comment also who made it.

    The notes may refer to `asides`, as a footnote does to the comments on it.
    Takes `flow` to write to. Raises EnoughTextError if all notes together have more text than it takes.
    """
    found: dict[str, str] = {}
    current = {"number": "", "author": ""}

    def start(attributes: Mapping[str, str]) -> None:
        flow.take()
        current["number"] = attributes.get("w:id", "")
        current["author"] = attributes.get("w:author", "")

    def end() -> None:
        text = flow.take().strip()
        if text:
            found[current["number"]] = f"{current['author']}: {text}" if current["author"] else text

    story = Story(flow, numbering=numbering, asides=asides, starts={f"w:{kind}": start}, ends={f"w:{kind}": end})
    with archive.tolerating(part):
        story.read(archive.chunks(part))
    return found
