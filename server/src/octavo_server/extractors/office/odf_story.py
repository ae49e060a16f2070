"""The text of an OpenDocument's content (OpenDocument 1.3, part 3)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start

SPACES_MAX = 64
"""A document may say that a million spaces follow."""
GAP_CELLS_MAX = 16
"""Empty cells before one that is not: more would be nothing but tabs."""
_LEFT_OUT = (
    "text:tracked-changes",  # what was deleted
    "text:note-citation",  # its number, which stands in the text already
    "table:tracked-changes",
    "table:covered-table-cell",  # hidden behind a merged one
    "presentation:date-time-decl",
    "dc:date",  # of an annotation or a change, as its initials
    "meta:creator-initials",
    "office:binary-data",
    "text:index-title-template",
    "text:page-number",  # what the program fills in on each page
)
_ASIDES = ("text:note", "office:annotation")
"""What may stand in the middle of a paragraph and has paragraphs of its own."""
_TEXTS = ("svg:title", "svg:desc", "presentation:header-decl", "presentation:footer-decl")
"""The same with text of its own."""
_VALUES = ("office:string-value", "office:value", "office:date-value", "office:time-value", "office:boolean-value")
_SPACE = re.compile(r"[ \t\r\n]+")


class OdfStory:
    """Writes paragraphs, tables, frames, notes and annotations to `flow`. What is repeated is written once."""

    def __init__(
        self,
        flow: Flow,
        *,
        starts: Mapping[str, Start] = MappingProxyType({}),
        ends: Mapping[str, End] = MappingProxyType({}),
    ) -> None:
        """`starts` and `ends` are called for other elements."""
        self._flow = flow
        self._paragraphs = 0
        self._interrupted: list[int] = []
        self._gaps: list[int] = []
        self._cells: list[tuple[int, int, str]] = []
        self._reader = Reader(
            starts={**self._paragraph_starts(), **self._table_starts(), **starts},
            ends={**self._ends(), **ends},
        )

    def read(self, chunks: Iterable[bytes], *, progress: Callable[[int], None] | None = None) -> None:
        """Raises EnoughTextError, and what Reader.read does."""
        self._reader.read(chunks, progress=progress)
        self._flow.close_paragraph()

    def _paragraph_starts(self) -> dict[str, Start]:
        return {
            "text:p": self._start_paragraph,
            "text:h": self._start_paragraph,
            "text:s": self._write_spaces,
            "text:tab": lambda _attributes: self._flow.write("\t"),
            "text:line-break": lambda _attributes: self._flow.write("\n"),
            "dc:creator": lambda _attributes: self._reader.listen(self._hear),
            **dict.fromkeys(_ASIDES, self._start_aside),
            **dict.fromkeys(_TEXTS, self._start_text),
            **dict.fromkeys(_LEFT_OUT, self._leave_out),
        }

    def _table_starts(self) -> dict[str, Start]:
        return {
            "table:table-row": lambda _attributes: self._gaps.append(-1),
            "table:table-cell": self._start_cell,
        }

    def _ends(self) -> dict[str, End]:
        return {
            "text:p": self._end_paragraph,
            "text:h": self._end_paragraph,
            "dc:creator": self._end_creator,
            "table:table-row": self._end_row,
            "table:table-cell": self._end_cell,
            **dict.fromkeys((*_ASIDES, *_TEXTS), self._end_aside),
        }

    def _start_paragraph(self, _attributes: Mapping[str, str]) -> None:
        if self._paragraphs:
            self._flow.interrupt()
        self._paragraphs += 1
        if self._cells and self._gaps and self._gaps[-1] > 0:
            self._flow.write("\t" * min(self._gaps[-1], GAP_CELLS_MAX))
            self._gaps[-1] = 0
        self._reader.listen(self._hear)

    def _end_paragraph(self) -> None:
        self._flow.end_paragraph()
        self._paragraphs -= 1
        if self._paragraphs:
            self._flow.resume()
        self._go_on()

    def _go_on(self) -> None:
        self._reader.listen(self._hear if self._paragraphs else None)

    def _hear(self, text: str) -> None:
        # 6.1.2: white space is one space, however much there is.
        self._flow.write(_SPACE.sub(" ", text) if "\n" in text or "  " in text or "\t" in text else text)

    def _write_spaces(self, attributes: Mapping[str, str]) -> None:
        self._flow.write(" " * min(_count(attributes.get("text:c", "")), SPACES_MAX))

    def _leave_out(self, _attributes: Mapping[str, str]) -> None:
        self._reader.skip()

    def _start_aside(self, _attributes: Mapping[str, str]) -> None:
        self._flow.interrupt()
        self._interrupted.append(self._paragraphs)
        self._paragraphs = 0
        self._reader.listen(None)

    def _end_aside(self) -> None:
        self._flow.resume()
        self._paragraphs = self._interrupted.pop()
        self._go_on()

    def _start_text(self, attributes: Mapping[str, str]) -> None:
        self._start_aside(attributes)
        self._reader.listen(self._hear)

    def _end_creator(self) -> None:
        self._flow.write(": ")
        self._go_on()

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        value = next((text for name in _VALUES if (text := attributes.get(name))), "")
        self._cells.append((self._flow.chars, _count(attributes.get("table:number-columns-repeated", "")), value))

    def _end_cell(self) -> None:
        chars, repeated, value = self._cells.pop()
        if self._flow.chars == chars and value:
            self._start_paragraph({})
            self._flow.write(value)
            self._end_paragraph()
        is_empty = self._flow.chars == chars
        if not is_empty:
            self._flow.end_cell()
        if self._gaps and (not is_empty or self._gaps[-1] >= 0):
            # Cells before the first with text leave no gap.
            self._gaps[-1] = max(self._gaps[-1], 0) + repeated - (not is_empty)

    def _end_row(self) -> None:
        if self._gaps.pop() >= 0:
            self._flow.end_row()


def _count(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004  # beyond nine digits it is nonsense
