"""Mathematics in one line (ECMA-376-1, 22.1), like a^2+b^2 and (x+1)/(x-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start

_INTEGRAL = "\u222b"
"""22.1.2.70: the sign of an n-ary operator that names none."""
_ROOT = "\u221a"
_GROUPS = {"m:num": "", "m:den": "/", "m:sup": "^", "m:sub": "_", "m:lim": "_", "m:rad": _ROOT}
"""What stands before the parts of a fraction, before exponents, indices, limits and under a root."""


class Formulas:
    """Writes the signs that elements stand for; the letters are text as any other."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._signs: list[str] = []
        self._brackets: list[list[str]] = []

    def starts(self) -> dict[str, Start]:
        """By the elements' names."""
        return {
            **{name: self._opener(sign) for name, sign in _GROUPS.items()},
            "m:func": lambda _attributes: self._flow.write(" "),
            "m:naryPr": lambda _attributes: self._signs.append(_INTEGRAL),
            "m:chr": self._set_sign,
            "m:d": lambda _attributes: self._brackets.append(["(", ")"]),
            "m:begChr": lambda attributes: self._set_bracket(0, attributes),
            "m:endChr": lambda attributes: self._set_bracket(1, attributes),
        }

    def ends(self) -> dict[str, End]:
        """By the elements' names."""
        return {
            **dict.fromkeys(_GROUPS, self._flow.close_group),
            "m:fName": lambda: self._flow.write(" "),
            "m:naryPr": lambda: self._flow.write(self._signs.pop()),
            "m:dPr": lambda: self._flow.write(self._brackets[-1][0] if self._brackets else ""),
            "m:d": lambda: self._flow.write(self._brackets.pop()[1]),
        }

    def _opener(self, sign: str) -> Start:
        return lambda _attributes: self._flow.open_group(sign)

    def _set_sign(self, attributes: Mapping[str, str]) -> None:
        if self._signs:
            self._signs[-1] = attributes.get("m:val", "")

    def _set_bracket(self, side: int, attributes: Mapping[str, str]) -> None:
        if self._brackets:
            self._brackets[-1][side] = attributes.get("m:val", "")
