"""Text as a reader of a page sees it: lines, with the whitespace of the source collapsed."""

from __future__ import annotations

import re

_WHITESPACE = re.compile(r"[ \t\n\f\r]+")
"""What a browser collapses (CSS Text 3, 4.1.1): not the no-break space."""


class Prose:
    """Collects text, and knows where words end.

    Whatever is added in a row belongs together: `al`, `pha` are one word. Lines and cells end words.
    """

    def __init__(self) -> None:
        self.chars = 0
        """How long the text is by now; a line that isn't ended may lose one character yet."""
        self._lines: list[str] = []
        self._cells: list[str] = []
        self._run: list[str] = []
        self._ends_in_space = True
        """So that another space adds nothing: at the start of a run, too."""

    def add(self, text: str) -> None:
        """Text, in which whitespace is no more than a space."""
        shown = _WHITESPACE.sub(" ", text)
        if self._ends_in_space and shown.startswith(" "):
            shown = shown[1:]
        if shown:
            self._run.append(shown)
            self._ends_in_space = shown.endswith(" ")
            self.chars += len(shown)

    def add_lines(self, text: str) -> None:
        """Text in which spaces and line feeds stand for themselves."""
        first, *others = text.split("\n")
        self._run.append(first)
        for line in others:
            self._lines.append("\t".join((*self._cells, "".join(self._run))))
            self._cells.clear()
            self._run = [line]
        self._ends_in_space = True
        self.chars += len(text)

    def end_cell(self) -> None:
        """What follows stands in another cell of the same line."""
        if self._run:
            if text := self._ended_run():
                self._cells.append(text)
                self.chars += 1
            self._ends_in_space = True

    def end_line(self, *, as_written: bool = False) -> None:
        """What follows stands in another line; none is left empty. `as_written`: after `add_lines`."""
        if as_written and self._run:
            self._cells.append("".join(self._run))
            self._run = []
        self.end_cell()
        if any(self._cells):
            self._lines.append("\t".join(self._cells))
        self._cells = []

    def text(self) -> str:
        """All of it."""
        self.end_line()
        return "\n".join(self._lines)

    def _ended_run(self) -> str:
        text = "".join(self._run)
        self._run = []
        if text.endswith(" "):
            self.chars -= 1
            return text[:-1]
        return text
