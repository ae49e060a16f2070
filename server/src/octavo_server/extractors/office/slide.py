"""The shapes of a slide, or of its notes (ECMA-376-1, 19.3)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo_server.extractors.office.alternatives import Alternatives
from octavo_server.extractors.office.drawings import read_chart, read_drawing
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.relationships import relationships

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start
    from octavo_server.extractors.office.relationships import Relationship

_FILLED_IN = ("sldNum", "dt")
"""Placeholders that the program fills in when it shows the slide: its number and today's date."""
_DISCLAIMER = "AI-generated content may be incorrect."
"""PowerPoint ends the descriptions with it that it makes itself."""
_READERS = {"chart": read_chart, "diagramData": read_drawing}


class Slide:
    """Writes the text of all shapes to `flow`, in the order in which they are drawn."""

    def __init__(self, archive: Archive, part: str, flow: Flow) -> None:
        self.related: Sequence[Relationship] = relationships(archive, part)
        self._archive = archive
        self._part = part
        self._flow = flow
        self._parts = {one.identity: one for one in self.related if one.kind in _READERS}
        self._is_filled_in = False
        self._cells = 0
        alternatives = Alternatives(flow, skip=self._skip)
        self._reader = Reader(
            starts={**self._starts(), **alternatives.starts()},
            ends={**self._ends(), **alternatives.ends()},
        )

    def read(self) -> None:
        """Raises EnoughTextError, and what Reader.read does."""
        self._reader.read(self._archive.chunks(self._part))
        self._flow.close_paragraph()

    def _starts(self) -> dict[str, Start]:
        return {
            "a:t": self._listen,
            "a:br": lambda _attributes: self._flow.write("\n"),
            "a:tc": self._start_cell,
            "p:sp": self._start_shape,
            "p:ph": self._start_placeholder,
            "p:txBody": self._start_text,
            "p:cNvPr": self._describe,
            "c:chart": lambda attributes: self._read_part(attributes.get("r:id", "")),
            "dgm:relIds": lambda attributes: self._read_part(attributes.get("r:dm", "")),
        }

    def _ends(self) -> dict[str, End]:
        return {
            "a:t": lambda: self._reader.listen(None),
            "a:p": self._end_paragraph,
            "a:tc": self._end_cell,
            "a:tr": self._flow.end_row,
        }

    def _skip(self, _attributes: Mapping[str, str] = MappingProxyType({})) -> None:
        self._reader.skip()

    def _listen(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._flow.write)

    def _start_shape(self, _attributes: Mapping[str, str]) -> None:
        self._is_filled_in = False

    def _start_placeholder(self, attributes: Mapping[str, str]) -> None:
        self._is_filled_in = attributes.get("type") in _FILLED_IN

    def _start_text(self, _attributes: Mapping[str, str]) -> None:
        if self._is_filled_in:
            self._reader.skip()

    def _describe(self, attributes: Mapping[str, str]) -> None:
        description = attributes.get("descr", "").removesuffix(_DISCLAIMER).strip()
        if description:
            self._flow.write_paragraph(description)

    def _read_part(self, identity: str) -> None:
        # Not again: a slide could show one large chart a million times.
        one = self._parts.pop(identity, None)
        if one:
            _READERS[one.kind](self._archive, one.target, self._flow)

    def _start_cell(self, _attributes: Mapping[str, str]) -> None:
        self._cells += 1

    def _end_cell(self) -> None:
        self._cells -= 1
        self._flow.end_cell()

    def _end_paragraph(self) -> None:
        # A cell without text still takes its place in the row.
        if self._cells:
            self._flow.end_paragraph()
        else:
            self._flow.close_paragraph()
