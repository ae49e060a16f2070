"""The text of a document as it is gathered."""

from __future__ import annotations

LOOSE_PIECES_MAX = 65_536
"""Pieces are joined when there are so many: each alone takes 50 bytes more than its characters."""


class EnoughTextError(Exception):
    """There are more characters than the caller wants."""


class Heard:
    """A short text as it is gathered, like a cell's."""

    def __init__(self, *, chars_max: int) -> None:
        self._chars_max = chars_max
        self._chars = 0
        self._pieces: list[str] = []

    def write(self, text: str) -> None:
        """Goes on. Raises EnoughTextError beyond `chars_max`."""
        self._pieces.append(text)
        self._chars += len(text)
        if self._chars > self._chars_max:
            raise EnoughTextError

    def take(self) -> str:
        """The text so far; the next one begins."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._chars = 0
        return text


class Flow:
    r"""Paragraphs end in a line feed, the cells of a row in tabs, rows in a line feed."""

    def __init__(self, *, chars_max: int) -> None:
        self.chars = 0
        self.chars_max = chars_max
        self._joined: list[str] = []
        self._pieces: list[str] = []
        self._line: list[str] = []
        self._held: list[str] = []
        self._interrupted: list[list[str]] = []
        self._groups: list[int] = []

    def __str__(self) -> str:
        return "".join((*self._joined, *self._pieces, *self._line, *self._held))

    def beside(self) -> Flow:
        """An empty one for as many characters."""
        return Flow(chars_max=self.chars_max)

    def take(self) -> str:
        """The text so far, which is its own no longer; its characters still count."""
        self.close_paragraph()
        text = str(self)
        self._joined, self._pieces, self._held, self._interrupted, self._groups = [], [], [], [], []
        return text

    def write(self, text: str) -> None:
        """Goes on with the paragraph. Raises EnoughTextError beyond `chars_max`."""
        self._line.append(text)
        self.chars += len(text)
        if self.chars > self.chars_max:
            raise EnoughTextError

    def write_paragraph(self, text: str) -> None:
        """A whole one. Raises EnoughTextError beyond `chars_max`."""
        self.write(text)
        self.end_paragraph()

    def end_paragraph(self) -> None:
        """Raises EnoughTextError beyond `chars_max`."""
        self._pieces += ("".join(self._line), "\n")
        self._line = []
        if not self._interrupted:
            self._pieces += self._held
            self._held = []
        self.chars += 1
        if self.chars > self.chars_max:
            raise EnoughTextError
        if len(self._pieces) > LOOSE_PIECES_MAX and not self._interrupted:
            # The last end stays loose: a cell or a row may replace it.
            self._joined.append("".join(self._pieces[:-1]))
            self._pieces = ["\n"]

    def close_paragraph(self) -> None:
        """Ends a paragraph that has begun; else nothing."""
        if self._line or (self._held and not self._interrupted):
            self.end_paragraph()

    def interrupt(self) -> None:
        """Paragraphs in the middle of a paragraph follow, as of a text box: they are written behind it."""
        self._interrupted.append(self._line)
        self._line = []
        if len(self._interrupted) == 1:
            self._pieces, self._held = self._held, self._pieces

    def resume(self) -> None:
        """Back to the paragraph that was interrupted."""
        self.close_paragraph()
        if self._interrupted:
            self._line = self._interrupted.pop()
            if not self._interrupted:
                self._pieces, self._held = self._held, self._pieces

    def open_group(self, sign: str) -> None:
        """What follows belongs to `sign`, an operator of a formula: in brackets unless it is one character."""
        self._groups.append(len(self._line))
        self.write(f"{sign}(")

    def close_group(self) -> None:
        """The last group that was opened ends."""
        at = self._groups.pop() if self._groups else len(self._line)
        inner = self._line[at + 1 : at + 3]
        if not inner:
            del self._line[at:]
        elif len(inner) == 1 and len(inner[0]) == 1:
            self._line[at] = self._line[at].removesuffix("(")
        else:
            self.write(")")

    def end_cell(self) -> None:
        """What was a paragraph's end becomes a cell's."""
        self.close_paragraph()
        self._end("\t")

    def end_row(self) -> None:
        """What was a cell's end becomes a row's."""
        self._end("\n")

    def _end(self, mark: str) -> None:
        if self._pieces and self._pieces[-1] in ("\n", "\t"):
            self._pieces[-1] = mark
