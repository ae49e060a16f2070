"""Word documents (.docx, .docm and their templates)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.office.drawings import read_drawing
from octavo_server.extractors.office.notes import read_notes
from octavo_server.extractors.office.numbering import Numbering
from octavo_server.extractors.office.relationships import relationships, targets
from octavo_server.extractors.office.story import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo_server.extractors.base import Report
    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.relationships import Relationship
    from octavo_server.extractors.office.story import Asides


def read_word(archive: Archive, part: str, flow: Flow, *, report: Report) -> None:
    """Headers, then the body with each note, comment and chart after its paragraph, then footers.

    Headers and footers of the same text are written once. Raises EnoughTextError.
    """
    related = [one for one in relationships(archive, part) if one.target in archive]
    numbering = _numbering(archive, related)
    marginal = partial(_read_marginals, archive, related, flow, numbering)
    marginal("header")
    total = archive.size_bytes(part)
    asides = {**_parts(archive, related, flow), **_notes(archive, related, flow, numbering)}
    Story(flow, numbering=numbering, asides=asides).read(
        archive.chunks(part), progress=lambda done: report(Progress("byte", done, total))
    )
    marginal("footer")


def _numbering(archive: Archive, related: Sequence[Relationship]) -> Numbering:
    numbering = Numbering()
    for part in targets(related, "numbering"):
        with archive.tolerating(part):
            numbering.read_lists(archive.index(part))
            for styles in targets(related, "styles"):
                numbering.read_styles(archive.index(styles))
    return numbering


def _read_marginals(
    archive: Archive, related: Sequence[Relationship], flow: Flow, numbering: Numbering, kind: str
) -> None:
    seen = set()
    for part in targets(related, kind):
        own = flow.beside()
        with archive.tolerating(part):
            Story(own, numbering=numbering, asides={}).read(archive.chunks(part))
        text = str(own).strip()
        if text and text not in seen:
            seen.add(text)
            flow.write_paragraph(text)


def _parts(archive: Archive, related: Sequence[Relationship], flow: Flow) -> Asides:
    # Of a chart only its titles: among sentences its numbers would be noise.
    return {
        f"part {one.identity}": partial(read_drawing, archive, one.target, flow)
        for one in related
        if one.kind in ("chart", "diagramData")
    }


def _notes(archive: Archive, related: Sequence[Relationship], flow: Flow, numbering: Numbering) -> Asides:
    return {
        f"{kind} {identity}": partial(flow.write_paragraph, text)
        for kind in ("footnote", "endnote", "comment")
        for part in targets(related, f"{kind}s")
        for identity, text in read_notes(archive, part, kind, flow.beside(), numbering).items()
    }
