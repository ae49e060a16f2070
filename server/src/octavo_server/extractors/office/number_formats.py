"""Which cells of a workbook are dates and times, which it stores as numbers (ECMA-376-1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ELAPSED_BUILT_IN = 46
_DATES_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
"""18.8.30 lists them; 27-36 and 50-58 are dates in the East Asian editions."""
_NO_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|(?:AM/PM|A/P)', re.IGNORECASE)
"""Quoted and escaped text, room, colours and conditions: what is left of a format is placeholders."""
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)
_INTEGER_MAX = 1e21
"""A larger one would be nothing but digits that nobody wrote: floats know 17 of them."""
_INTEGER = re.compile(r"-?[0-9]+")
_CODE_CHARS_MAX = 255
"""Excel allows as many."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook's dates have no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001  # as above
_FALSE_LEAP_DAY = 60
"""Day 60 is 29 February 1900, which there never was: days before it are one off (18.17.4.1)."""
_DAY_SECONDS = 86_400


class Form(StrEnum):
    """What a number stands for."""

    NUMBER = "number"
    DATE = "date"
    ELAPSED = "elapsed"


def read_forms(chunks: Iterable[bytes]) -> Sequence[Form]:
    """From the part "styles": what the cells of each style hold."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    of_cells: list[str] = []

    def define(attributes: Mapping[str, str]) -> None:
        codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:_CODE_CHARS_MAX]

    def apply(attributes: Mapping[str, str]) -> None:
        formats.append(attributes.get("numFmtId", ""))

    def forget(_attributes: Mapping[str, str]) -> None:
        # What came before were the styles of styles.
        formats.clear()

    def keep() -> None:
        of_cells.extend(formats)

    Reader(starts={"numFmt": define, "xf": apply, "cellXfs": forget}, ends={"cellXfs": keep}).read(chunks)
    known = {identity: _form(identity, codes.get(identity)) for identity in set(of_cells)}
    return [known[identity] for identity in of_cells]


def number_text(value: str) -> str:
    """The shortest text that stands for the same number: programs write 0.1 as 0.10000000000000001.

    An integer stays as it is written, whatever a float would make of it: it may be the number of a card.
    """
    if _INTEGER.fullmatch(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return f"{number:.0f}" if number.is_integer() and abs(number) < _INTEGER_MAX else repr(number)


def date_text(value: str, form: Form, *, since_1904: bool) -> str:
    """A date and a time of ISO 8601, or only one of them if the other is nothing; hours, minutes and seconds."""
    try:
        days = float(value)
        if form is Form.ELAPSED:
            return _elapsed(days)
        moment = _moment(days, since_1904=since_1904)
    except (ValueError, OverflowError):
        return value
    if 0 <= days < 1:
        return f"{moment:%H:%M:%S}"
    return moment.date().isoformat() if moment.time() == moment.min.time() else moment.isoformat(" ")


def _moment(days: float, *, since_1904: bool) -> datetime:
    epoch = _EPOCH_1904 if since_1904 else _EPOCH
    if not since_1904 and 1 <= days < _FALSE_LEAP_DAY:
        days += 1
    return epoch + timedelta(seconds=round(days * _DAY_SECONDS))


def _elapsed(days: float) -> str:
    seconds = round(abs(days) * _DAY_SECONDS)
    return f"{'-' if days < 0 else ''}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _form(identity: str, code: str | None) -> Form:
    if code is None:
        number = int(identity) if identity.isdecimal() and len(identity) < 10 else 0  # noqa: PLR2004  # no format has more
        if number == _ELAPSED_BUILT_IN:
            return Form.ELAPSED
        return Form.DATE if number in _DATES_BUILT_IN else Form.NUMBER
    # The first section is for positive numbers, which dates are.
    placeholders = _NO_PLACEHOLDER.sub("", code).split(";")[0]
    if _ELAPSED.search(placeholders):
        return Form.ELAPSED
    return Form.DATE if _DATE.search(placeholders) else Form.NUMBER
