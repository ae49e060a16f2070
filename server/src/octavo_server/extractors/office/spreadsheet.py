"""Workbooks (.xlsx, .xlsm and their templates)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.office.cell_comments import read_cell_comments, read_persons, read_threads
from octavo_server.extractors.office.drawings import read_drawing
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.number_formats import Form, read_forms
from octavo_server.extractors.office.relationships import relationships, targets
from octavo_server.extractors.office.shared_strings import read_strings
from octavo_server.extractors.office.sheet import Sheet, Workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo_server.extractors.base import Report
    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.relationships import Relationship

_XLSB = ".bin"


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    part: str


def read_workbook(archive: Archive, part: str, flow: Flow, *, report: Report) -> int:
    """Each sheet, hidden ones too: its name, its rows, its text boxes and comments. Returns how many there are.

    A formula is shown as its last result. Raises EnoughTextError.
    """
    if part.endswith(_XLSB):
        raise CannotExtractError("DOCUMENT_DAMAGED", "the workbook is in the binary format")
    related = relationships(archive, part)
    sheets, since_1904 = _listed(archive, part, related)
    workbook = Workbook(strings=_strings(archive, related), forms=_forms(archive, related), since_1904=since_1904)
    persons = {
        identity: name
        for persons_part in targets(related, "person")
        for identity, name in read_persons(archive, persons_part).items()
    }
    for index, sheet in enumerate(sheets):
        flow.write_paragraph(sheet.name)
        _read(archive, sheet.part, workbook, flow, persons)
        report(Progress("sheet", index + 1, len(sheets)))
    return len(sheets)


def _read(archive: Archive, part: str, workbook: Workbook, flow: Flow, persons: Mapping[str, str]) -> None:
    if not archive.finds(part):
        return
    with archive.tolerating(part):
        Sheet(workbook, flow).read(archive.chunks(part))
    flow.close_paragraph()
    related = relationships(archive, part)
    for drawing in targets(related, "drawing"):
        read_drawing(archive, drawing, flow)
        for chart in targets(relationships(archive, drawing), "chart", "diagramData"):
            # The data of a chart stands in cells.
            read_drawing(archive, chart, flow)
    for thread in targets(related, "threadedComment"):
        with archive.tolerating(thread):
            read_threads(archive, thread, flow, persons=persons)
        flow.close_paragraph()
    for comments in targets(related, "comments"):
        with archive.tolerating(comments):
            read_cell_comments(archive, comments, flow)
        flow.close_paragraph()


def _strings(archive: Archive, related: Sequence[Relationship]) -> Sequence[str]:
    return [
        text
        for part in targets(related, "sharedStrings")
        if archive.finds(part)
        for text in read_strings(archive.chunks(part))
    ]


def _forms(archive: Archive, related: Sequence[Relationship]) -> Sequence[Form]:
    return [
        form for part in targets(related, "styles") if archive.finds(part) for form in read_forms(archive.index(part))
    ]


def _listed(archive: Archive, part: str, related: Sequence[Relationship]) -> tuple[Sequence[_Listed], bool]:
    parts = {one.identity: one.target for one in related}
    sheets: dict[str, _Listed] = {}
    since_1904 = [False]

    def start(attributes: Mapping[str, str]) -> None:
        identity = attributes.get("r:id", "")
        # A pointer that leads nowhere stands for the part that is missing.
        target = parts.get(identity) or identity
        # Each part once: the list could name one large sheet a million times.
        sheets.setdefault(target, _Listed(attributes.get("name", ""), target))

    def properties(attributes: Mapping[str, str]) -> None:
        since_1904[0] = attributes.get("date1904") in ("1", "true", "on")

    Reader(starts={"sheet": start, "workbookPr": properties}, ends={}).read(archive.index(part))
    return list(sheets.values()), since_1904[0]
