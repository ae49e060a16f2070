"""Presentations (.pptx, .pptm and their relatives)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.relationships import relationships, targets
from octavo_server.extractors.office.slide import Slide
from octavo_server.extractors.office.slide_comments import read_authors, read_comments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo_server.extractors.base import Report
    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.relationships import Relationship


def read_presentation(archive: Archive, part: str, flow: Flow, *, report: Report) -> int:
    """Each slide with its notes and comments, in the order in which they are shown; returns how many there are.

    Raises EnoughTextError.
    """
    related = relationships(archive, part)
    authors = {
        identity: name
        for authors_part in targets(related, "commentAuthors", "authors")
        for identity, name in read_authors(archive, authors_part).items()
    }
    slides = _slides(archive, part, related)
    for index, slide in enumerate(slides):
        _read(archive, slide, flow, authors)
        report(Progress("slide", index + 1, len(slides)))
    return len(slides)


def _read(archive: Archive, part: str, flow: Flow, authors: Mapping[str, str]) -> None:
    if not archive.finds(part):
        return
    slide = Slide(archive, part, flow)
    with archive.tolerating(part):
        slide.read()
    flow.close_paragraph()
    for notes in targets(slide.related, "notesSlide"):
        if archive.finds(notes):
            with archive.tolerating(notes):
                Slide(archive, notes, flow).read()
            flow.close_paragraph()
    for comments in targets(slide.related, "comments"):
        with archive.tolerating(comments):
            read_comments(archive, comments, flow, authors=authors)
        flow.close_paragraph()


def _slides(archive: Archive, part: str, related: Sequence[Relationship]) -> Sequence[str]:
    identities: list[str] = []

    def start(attributes: Mapping[str, str]) -> None:
        identities.append(attributes.get("r:id", ""))

    Reader(starts={"p:sldId": start}, ends={}).read(archive.index(part))
    parts = {one.identity: one.target for one in related if one.kind == "slide"}
    # Each once: the list could name one large slide a million times.
    # A pointer that leads nowhere stands for the part that is missing.
    return list(dict.fromkeys(parts.get(one) or one for one in identities))
