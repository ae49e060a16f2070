"""Content that a document holds several times, for programs of several ages (ECMA-376-3, 7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End, Start


class Alternatives:
    """The first of them that has text is read, the others are left out."""

    def __init__(self, flow: Flow, *, skip: Callable[[], None]) -> None:
        self._flow = flow
        self._skip = skip
        self._chars: list[int] = []

    def starts(self) -> dict[str, Start]:
        """By the elements' names."""
        return {
            "mc:AlternateContent": lambda _attributes: self._chars.append(self._flow.chars),
            "mc:Choice": self._choose,
            "mc:Fallback": self._choose,
        }

    def ends(self) -> dict[str, End]:
        """By the elements' names."""
        return {"mc:AlternateContent": self._leave}

    def _choose(self, _attributes: Mapping[str, str]) -> None:
        if self._chars and self._flow.chars > self._chars[-1]:
            self._skip()

    def _leave(self) -> None:
        self._chars.pop()
