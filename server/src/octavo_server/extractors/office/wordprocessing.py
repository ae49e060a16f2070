"""Word documents (.docx, .docm and their templates)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.office.asides import Asides
from octavo_server.extractors.office.drawings import read_drawing
from octavo_server.extractors.office.notes import read_notes
from octavo_server.extractors.office.numbering import Numbering
from octavo_server.extractors.office.relationships import relationships, targets
from octavo_server.extractors.office.story import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from octavo_server.extractors.base import Report
    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.asides import Aside
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.relationships import Relationship

    ReadForeign = Callable[[str, Flow], None]
    """Writes a part of another format."""

_NOTES = ("comment", "footnote", "endnote")
"""In this order: the others have comments on them."""
_DRAWINGS = ("chart", "diagramData")
_FOREIGN = "aFChunk"


def read_word(archive: Archive, part: str, flow: Flow, *, report: Report, read_foreign: ReadForeign) -> None:
    """Headers, then the body with each note, comment and chart after its paragraph, then footers.

    Notes and charts that no paragraph refers to follow the body. Headers and footers of the same text are written once.
    Raises EnoughTextError.
    """
    related = relationships(archive, part)
    numbering = _numbering(archive, related)
    parts = partial(_parts, archive, read_foreign)
    asides = Asides(notes=_notes(archive, related, flow, numbering), parts=parts(related))

    def read_marginals(kind: str, flow: Flow) -> None:
        texts = (
            _marginal(archive, one, flow.beside(), numbering, asides.beside(parts(relationships(archive, one))))
            for one in targets(related, kind)
        )
        _write_each_once(texts, flow)

    read_marginals("header", flow)
    total = archive.size_bytes(part)
    Story(flow, numbering=numbering, asides=asides).read(
        archive.chunks(part), progress=lambda done: report(Progress("byte", done, total))
    )
    footers = flow.beside()
    read_marginals("footer", footers)
    # Not before: they may refer to notes too.
    asides.write_rest(flow)
    flow.write(str(footers))


def _numbering(archive: Archive, related: Sequence[Relationship]) -> Numbering:
    numbering = Numbering()
    for part in targets(related, "numbering"):
        if archive.finds(part):
            with archive.tolerating(part):
                numbering.read_lists(archive.index(part))
        for styles in targets(related, "styles"):
            if archive.finds(styles):
                with archive.tolerating(styles):
                    numbering.read_styles(archive.index(styles))
    return numbering


def _marginal(archive: Archive, part: str, flow: Flow, numbering: Numbering, asides: Asides) -> str:
    if archive.finds(part):
        with archive.tolerating(part):
            Story(flow, numbering=numbering, asides=asides).read(archive.chunks(part))
    return str(flow).strip()


def _write_each_once(texts: Iterable[str], flow: Flow) -> None:
    seen = set()
    for text in texts:
        if text and text not in seen:
            seen.add(text)
            flow.write_paragraph(text)


def _parts(archive: Archive, read_foreign: ReadForeign, related: Sequence[Relationship]) -> dict[str, Aside]:
    # Of a chart only its titles: among sentences its numbers would be noise.
    drawings = {one.identity: partial(read_drawing, archive, one.target) for one in related if one.kind in _DRAWINGS}
    foreign = {one.identity: partial(read_foreign, one.target) for one in related if one.kind == _FOREIGN}
    return {**drawings, **foreign}


def _notes(archive: Archive, related: Sequence[Relationship], flow: Flow, numbering: Numbering) -> dict[str, Aside]:
    asides = Asides()
    for kind in _NOTES:
        for part in targets(related, f"{kind}s"):
            if archive.finds(part):
                found = read_notes(archive, part, kind, flow.beside(), numbering=numbering, asides=asides)
                asides.notes.update({f"{kind} {number}": partial(_write, text) for number, text in found.items()})
    return asides.notes


def _write(text: str, flow: Flow) -> None:
    flow.write_paragraph(text)
