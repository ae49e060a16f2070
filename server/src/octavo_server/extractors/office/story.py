"""One part of a word document that has paragraphs: the body, a header, the notes (ECMA-376-1, 17)."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo_server.extractors.office.alternatives import Alternatives
from octavo_server.extractors.office.formulas import Formulas
from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from octavo_server.extractors.office.asides import Aside, Asides
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start
    from octavo_server.extractors.office.numbering import Numbering

_LEFT_OUT = (
    "w:tabs",  # tab stops, not tabs
    "w:pPrChange",  # what was before a change
    "w:moveFrom",
    "w:instrText",
)


_LEVELS = frozenset("012345678")


class Story:
    """Writes its paragraphs to `flow`, and after each what it refers to."""

    def __init__(
        self,
        flow: Flow,
        *,
        numbering: Numbering,
        asides: Asides,
        starts: Mapping[str, Start] = MappingProxyType({}),
        ends: Mapping[str, End] = MappingProxyType({}),
    ) -> None:
        """`asides` write what a reference points to.

        `starts` and `ends` are called for other elements.
        """
        self._flow = flow
        self._numbering = numbering
        self._asides = asides
        self._pending: list[Aside] = []
        self._number = ""
        self._level: int | None = None
        self._style = ""
        formulas = Formulas(flow)
        alternatives = Alternatives(flow, skip=self._skip)
        self._reader = Reader(
            starts={**self._starts(), **formulas.starts(), **alternatives.starts(), **starts},
            ends={**self._ends(), **formulas.ends(), **alternatives.ends(), **ends},
        )

    def read(self, chunks: Iterable[bytes], *, progress: Callable[[int], None] | None = None) -> None:
        """Raises EnoughTextError, and what Reader.read does."""
        self._reader.read(chunks, progress=progress)
        self._flow.close_paragraph()
        self._write_pending()

    def _starts(self) -> dict[str, Start]:
        return {
            "w:t": self._listen,
            "m:t": self._listen,
            "w:tab": lambda _attributes: self._flow.write("\t"),
            "w:ptab": lambda _attributes: self._flow.write("\t"),
            "w:br": lambda _attributes: self._flow.write("\n"),
            "w:cr": lambda _attributes: self._flow.write("\n"),
            "w:noBreakHyphen": lambda _attributes: self._flow.write("-"),
            "w:pPr": self._start_properties,
            "w:pStyle": self._set_style,
            "w:numId": self._set_number,
            "w:ilvl": self._set_level,
            "w:txbxContent": lambda _attributes: self._flow.interrupt(),
            "wp:docPr": self._describe,
            "w:footnoteReference": partial(self._refer, "footnote"),
            "w:endnoteReference": partial(self._refer, "endnote"),
            "w:commentReference": partial(self._refer, "comment"),
            "c:chart": lambda attributes: self._show(attributes.get("r:id", "")),
            "dgm:relIds": lambda attributes: self._show(attributes.get("r:dm", "")),
            "w:altChunk": self._insert,
            **dict.fromkeys(_LEFT_OUT, self._skip),
        }

    def _ends(self) -> dict[str, End]:
        return {
            "w:t": self._unlisten,
            "m:t": self._unlisten,
            "w:pPr": self._end_properties,
            "w:p": self._end_paragraph,
            "w:tc": self._flow.end_cell,
            "w:tr": self._flow.end_row,
            "w:txbxContent": self._flow.resume,
        }

    def _skip(self, _attributes: Mapping[str, str] = MappingProxyType({})) -> None:
        self._reader.skip()

    def _listen(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._flow.write)

    def _unlisten(self) -> None:
        self._reader.listen(None)

    def _start_properties(self, _attributes: Mapping[str, str]) -> None:
        self._number, self._level, self._style = "", None, ""

    def _set_style(self, attributes: Mapping[str, str]) -> None:
        self._style = attributes.get("w:val", "")

    def _set_number(self, attributes: Mapping[str, str]) -> None:
        self._number = attributes.get("w:val", "")

    def _set_level(self, attributes: Mapping[str, str]) -> None:
        level = attributes.get("w:val", "")
        self._level = int(level) if level in _LEVELS else None

    def _end_properties(self) -> None:
        if self._number or self._style:
            label = self._numbering.label(number=self._number, level=self._level, style=self._style)
            if label:
                self._flow.write(f"{label} ")

    def _end_paragraph(self) -> None:
        self._flow.end_paragraph()
        self._write_pending()

    def _write_pending(self) -> None:
        pending, self._pending = self._pending, []
        for aside in pending:
            aside(self._flow)

    def _refer(self, kind: str, attributes: Mapping[str, str]) -> None:
        self._append(self._asides.note(kind, attributes.get("w:id", "")))

    def _show(self, identity: str) -> None:
        self._append(self._asides.part(identity))

    def _insert(self, attributes: Mapping[str, str]) -> None:
        # It stands between paragraphs (17.17.2.1).
        self._show(attributes.get("r:id", ""))
        self._flow.close_paragraph()
        self._write_pending()

    def _append(self, aside: Aside | None) -> None:
        if aside:
            self._pending.append(aside)

    def _describe(self, attributes: Mapping[str, str]) -> None:
        description = attributes.get("descr", "").strip()
        if description:
            self._flow.interrupt()
            self._flow.write(description)
            self._flow.resume()
