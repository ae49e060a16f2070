"""The numbers of lists and headings, which a word document does not hold but counts (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

BULLET = "\u2022"
"""For whatever sign: theirs are mostly private characters of a symbol font."""
_LEVELS_MAX = 9
_LETTERS = 26
_ROMAN_MAX = 3_999
_LETTERS_REPEATED_MAX = 30
_STYLES_DEPTH_MAX = 10
"""How far a style may be based on another; a ring of styles would have no end."""
_TABLE_STYLE = b'<w:style w:type="table"'
_STYLE_END = b"</w:style>"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(slots=True)
class _Level:
    """How one level of a list counts."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str = ""


@dataclass(slots=True)
class _List:
    """One list of the document: the levels are shared with the lists of the same kind, and so is the count."""

    kind: str = ""
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Style:
    """A paragraph style, as far as lists go."""

    based_on: str = ""
    number: str = ""
    level: int = 0


class Numbering:
    """Counts paragraphs in the order in which they are asked for."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._styles: dict[str, _Style] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._kind: dict[int, _Level] = {}
        self._level = _Level()
        self._list = _List()
        self._style = _Style()
        self._overridden = 0

    def label(self, *, number: str, level: int | None, style: str) -> str:
        """What stands before a paragraph, like "2.1."; empty if nothing does.

        `number` and `level` as the paragraph gives them, empty and None if it doesn't; `style` is its style's.
        """
        if not number:
            number, styled = self._of_style(style)
            level = styled if level is None else level
        listed = self._lists.get(number)
        levels = self._kinds.get(listed.kind) if listed else None
        shown = levels.get(level or 0) if levels else None
        if listed is None or levels is None or shown is None:
            return ""
        counts = self._count(number, listed, levels, level or 0)
        return _in_words(shown, levels, counts)

    def read_lists(self, chunks: Iterable[bytes]) -> None:
        """Take in the part "numbering"."""
        Reader(
            starts={
                "w:abstractNum": self._start_kind,
                "w:lvl": self._start_level,
                "w:start": lambda attributes: setattr(self._level, "start", _integer(attributes.get("w:val", ""))),
                "w:numFmt": lambda attributes: setattr(self._level, "form", attributes.get("w:val", "")),
                "w:lvlText": lambda attributes: setattr(self._level, "text", attributes.get("w:val", "")[:100]),
                "w:pStyle": lambda attributes: setattr(self._level, "style", attributes.get("w:val", "")),
                "w:num": self._start_list,
                "w:abstractNumId": lambda attributes: setattr(self._list, "kind", attributes.get("w:val", "")),
                "w:lvlOverride": self._start_override,
                "w:startOverride": self._override,
            },
            ends={},
        ).read(chunks)

    def read_styles(self, chunks: Iterable[bytes]) -> None:
        """Take in the part "styles"."""
        Reader(
            starts={
                "w:style": self._start_style,
                "w:basedOn": lambda attributes: setattr(self._style, "based_on", attributes.get("w:val", "")),
                "w:numId": lambda attributes: setattr(self._style, "number", attributes.get("w:val", "")),
                "w:ilvl": lambda attributes: setattr(self._style, "level", _integer(attributes.get("w:val", ""))),
            },
            ends={},
        ).read(_without_tables(b"".join(chunks)))

    def _start_kind(self, attributes: Mapping[str, str]) -> None:
        self._kind = self._kinds[attributes.get("w:abstractNumId", "")] = {}

    def _start_level(self, attributes: Mapping[str, str]) -> None:
        self._level = _Level()
        level = _integer(attributes.get("w:ilvl", ""))
        if level < _LEVELS_MAX:
            self._kind[level] = self._level

    def _start_list(self, attributes: Mapping[str, str]) -> None:
        # Levels that a list overrides in full are of no kind.
        self._kind = {}
        self._list = self._lists[attributes.get("w:numId", "")] = _List()

    def _start_override(self, attributes: Mapping[str, str]) -> None:
        self._overridden = _integer(attributes.get("w:ilvl", ""))

    def _override(self, attributes: Mapping[str, str]) -> None:
        self._list.starts[self._overridden] = _integer(attributes.get("w:val", ""))

    def _start_style(self, attributes: Mapping[str, str]) -> None:
        self._style = self._styles[attributes.get("w:styleId", "")] = _Style()

    def _of_style(self, name: str) -> tuple[str, int]:
        wanted = name
        for _ in range(_STYLES_DEPTH_MAX):
            style = self._styles.get(name)
            if style is None:
                break
            if style.number:
                listed = self._lists.get(style.number)
                levels = self._kinds.get(listed.kind, {}) if listed else {}
                own = (index for index, level in levels.items() if level.style == wanted)
                return style.number, next(own, style.level)
            name = style.based_on
        return "", 0

    def _count(self, number: str, listed: _List, levels: Mapping[int, _Level], level: int) -> Mapping[int, int]:
        counts = self._counts.setdefault(listed.kind, {})
        for deeper in [index for index in counts if index > level]:
            del counts[deeper]
        for upper in range(level):
            if upper in levels:
                counts.setdefault(upper, levels[upper].start)
        if level in listed.starts and (number, level) not in self._started:
            counts[level] = listed.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = levels[level].start
        self._started.add((number, level))
        return counts


def _without_tables(styles: bytes) -> Iterator[bytes]:
    """Table styles have no numbers; of the styles that some programs write they are nine tenths."""
    at = 0
    while (start := styles.find(_TABLE_STYLE, at)) >= 0 and (end := styles.find(_STYLE_END, start)) >= 0:
        yield styles[at:start]
        at = end + len(_STYLE_END)
    yield styles[at:]


def _in_words(shown: _Level, levels: Mapping[int, _Level], counts: Mapping[int, int]) -> str:
    if shown.form == "bullet":
        return BULLET
    if shown.form == "none":
        return ""

    def spell(place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        form = levels[level].form if level in levels else "decimal"
        return _FORMS.get(form, str)(counts.get(level, 1))

    return _PLACE.sub(spell, shown.text)


def _letters(count: int) -> str:
    if count < 1:
        return str(count)
    repeated, letter = divmod(count - 1, _LETTERS)
    # Word goes on with aa, bb, cc.
    return chr(ord("a") + letter) * (min(repeated, _LETTERS_REPEATED_MAX) + 1)


def _roman(count: int) -> str:
    if not 0 < count <= _ROMAN_MAX:
        return str(count)
    spelled_out = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        spelled_out += letters * times
    return spelled_out


_FORMS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalZero": lambda count: f"{count:02}",
    "none": lambda _count: "",
}
"""The ones in use everywhere; any other is shown as a decimal number."""


def _integer(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004  # beyond nine digits nobody counts
