"""Text in drawings: charts and diagrams (SmartArt), each a part of its own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo_server.extractors.office.alternatives import Alternatives
from octavo_server.extractors.office.flow import Heard
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.number_formats import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start


def read_drawing(archive: Archive, part: str, flow: Flow) -> None:
    """The paragraphs of a drawing, a diagram, or a chart without its data: titles, text boxes, labels."""
    _Drawing(flow).read(archive, part)


def read_chart(archive: Archive, part: str, flow: Flow) -> None:
    """A chart's titles, a line each, and a line for each series: its name, its categories, its values."""
    _Chart(flow).read(archive, part)


class _Drawing:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._alternatives = Alternatives(flow, skip=self._skip)
        self._reader = Reader(starts=self._starts(), ends=self._ends())

    def read(self, archive: Archive, part: str) -> None:
        if archive.finds(part):
            self._flow.close_paragraph()
            with archive.tolerating(part):
                self._reader.read(archive.chunks(part))
            self._flow.close_paragraph()

    def _starts(self) -> dict[str, Start]:
        return {
            **self._alternatives.starts(),
            "a:t": self._listen,
            "a:br": lambda _attributes: self._flow.write("\n"),
        }

    def _ends(self) -> dict[str, End]:
        return {**self._alternatives.ends(), "a:t": self._unlisten, "a:p": self._flow.close_paragraph}

    def _skip(self, _attributes: Mapping[str, str] = MappingProxyType({})) -> None:
        self._reader.skip()

    def _listen(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._flow.write)

    def _unlisten(self) -> None:
        self._reader.listen(None)


class _Chart(_Drawing):
    def __init__(self, flow: Flow) -> None:
        self._heard = Heard(chars_max=flow.chars_max)
        super().__init__(flow)

    def _starts(self) -> dict[str, Start]:
        return {**super()._starts(), "c:v": self._listen_value}

    def _ends(self) -> dict[str, End]:
        return {**super()._ends(), "c:v": self._end_value, "c:ser": self._flow.close_paragraph}  # codespell:ignore ser

    def _listen_value(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._heard.write)

    def _end_value(self) -> None:
        self._unlisten()
        self._flow.write(number_text(self._heard.take()) + "\t")
