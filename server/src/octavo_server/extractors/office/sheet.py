"""The cells of one sheet of a workbook (ECMA-376-1, 18.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from octavo_server.extractors.office.flow import Heard
from octavo_server.extractors.office.markup import Reader
from octavo_server.extractors.office.number_formats import Form, date_text, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from octavo_server.extractors.office.flow import Flow

_GAP_CELLS_MAX = 16
"""Empty cells before one that is not: more would be nothing but tabs."""
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|\d+|.)', re.IGNORECASE)
"""18.3.1.46: fonts, sizes, colours, and what the program fills in."""
_MARGINS = ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_DIGITS = "0123456789"
_GENERAL_CHARS_MAX = 15
"""A number written with more is not written as it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """What all sheets share."""

    strings: Sequence[str]
    forms: Sequence[Form]
    since_1904: bool


class Sheet:
    """Writes a line for each row that has text, tabs between its cells, to `flow`."""

    def __init__(self, workbook: Workbook, flow: Flow) -> None:
        self._workbook = workbook
        self._flow = flow
        self._heard = Heard(chars_max=flow.chars_max)
        self._margins: dict[str, None] = {}
        self._column = 0
        self._written = 0
        self._type = ""
        self._style = ""
        self._columns: dict[str, int] = {}
        self._reader = Reader(
            starts={
                "row": self._start_row,
                "c": self._start_cell,
                "v": self._listen,
                "t": self._listen,
                "rPh": lambda _attributes: self._reader.skip(),
                **{f"{name}": self._start_margin for name in _MARGINS},
            },
            ends={
                "row": flow.close_paragraph,
                "c": self._end_cell,
                "v": self._unlisten,
                "t": self._unlisten,
                **{f"{name}": self._end_margin for name in _MARGINS},
            },
        )

    def read(self, chunks: Iterable[bytes]) -> None:
        """Raises EnoughTextError, and what Reader.read does."""
        self._reader.read(chunks)
        self._flow.close_paragraph()
        for margin in self._margins:
            self._flow.write_paragraph(margin)

    def _listen(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._heard.write)

    def _unlisten(self) -> None:
        self._reader.listen(None)

    def _start_row(self, _attributes: Mapping[str, str]) -> None:
        self._column = self._written = 0

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        # Cells may leave out where they are: then they follow the one before.
        self._column = self._number(place.rstrip(_DIGITS)) if place else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")

    def _end_cell(self) -> None:
        value = self._heard.take()
        text = self._text(value) if value else ""
        if text:
            gap = self._column - self._written if self._written else 0
            self._flow.write("\t" * max(bool(self._written), min(gap, _GAP_CELLS_MAX)) + text)
            self._written = self._column

    def _text(self, value: str) -> str:
        match self._type:
            case "s":
                return self._shared(value)
            case "n":
                return self._number_text(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case _:
                return value

    def _shared(self, value: str) -> str:
        strings = self._workbook.strings
        return strings[int(value)] if value.isdecimal() and len(value) < 10 and int(value) < len(strings) else ""  # noqa: PLR2004  # a workbook has fewer

    def _number_text(self, value: str) -> str:
        forms = self._workbook.forms
        style = int(self._style) if self._style.isdecimal() and len(self._style) < 10 else 0  # noqa: PLR2004  # as above
        form = forms[style] if style < len(forms) else Form.NUMBER
        if form is not Form.NUMBER:
            return date_text(value, form, since_1904=self._workbook.since_1904)
        is_plain = len(value) <= _GENERAL_CHARS_MAX and "E" not in value and "." not in value
        return value if is_plain else number_text(value)

    def _number(self, letters: str) -> int:
        number = self._columns.get(letters)
        if number is None:
            if not _COLUMN.fullmatch(letters):
                return self._column + 1
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - ord("A") + 1
            self._columns[letters] = number
        return number

    def _start_margin(self, _attributes: Mapping[str, str]) -> None:
        self._reader.listen(self._heard.write)

    def _end_margin(self) -> None:
        self._unlisten()
        text = " ".join(_MARGIN_CODE.sub(" ", self._heard.take()).split())
        if any(char.isalnum() for char in text):
            self._margins[text] = None
