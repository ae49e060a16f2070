"""What a story refers to and what is written behind the paragraph that does: notes, comments, charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from octavo_server.extractors.office.flow import Flow

    Aside = Callable[[Flow], None]
    """Writes it to the flow of the story that refers to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asides:
    """Those that nothing has referred to yet: none is written twice, for a document could do so a million times."""

    notes: dict[str, Aside] = field(default_factory=dict)
    """By kind and number, like "footnote 2": the same for all stories of the document."""
    parts: dict[str, Aside] = field(default_factory=dict)
    """By the identity that one part, with its own relationships, knows them by."""

    def beside(self, parts: dict[str, Aside]) -> Asides:
        """For another part of the same document, which has the same notes."""
        return Asides(notes=self.notes, parts=parts)

    def note(self, kind: str, number: str) -> Aside | None:
        """The footnote, endnote or comment of that number, for the first who asks."""
        return self.notes.pop(f"{kind} {number}", None)

    def part(self, identity: str) -> Aside | None:
        """The chart, diagram or document of that identity, for the first who asks."""
        return self.parts.pop(identity, None)

    def write_rest(self, flow: Flow) -> None:
        """What nothing referred to. Raises EnoughTextError."""
        for waiting in (self.parts, self.notes):
            for aside in waiting.values():
                aside(flow)
            waiting.clear()
