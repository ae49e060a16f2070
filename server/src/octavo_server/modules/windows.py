"""Text to windows of a fixed number of words."""

import re
from collections.abc import Iterator

from octavo_server.modules.snippets import OnChars, Snippet, unheard

PIECE_CHARS = 100_000
"""Split into words at once. The words of a whole text would take ten times its memory."""
_SPACE = re.compile(r"\s")


def windows(
    text: str, *, chunk_size: int, overlap_size: int, piece_chars: int = PIECE_CHARS, on_chars: OnChars = unheard
) -> Iterator[Snippet]:
    """Every `chunk_size` words of `text`, joined by one space; `overlap_size` of them begin the next window.

    The last window is the first that reaches the text's end. Lines are those that the words stand on. `on_chars` hears
    how much of the text is done.
    """
    step = chunk_size - overlap_size
    words: list[str] = []
    lines: list[int] = []
    for new_words, new_lines, done in _pieces(text, piece_chars):
        words += new_words
        lines += new_lines
        start = 0
        # The last window is only known when no word follows.
        for start in range(0, len(words) - chunk_size, step):
            yield _window(words, lines, start, start + chunk_size)
        begun = start + step if len(words) > chunk_size else 0
        del words[:begun], lines[:begun]
        on_chars(done)
    if words:
        yield _window(words, lines, 0, chunk_size)


def _window(words: list[str], lines: list[int], start: int, end: int) -> Snippet:
    return Snippet(" ".join(words[start:end]), list(dict.fromkeys(lines[start:end])))


def _pieces(text: str, piece_chars: int) -> Iterator[tuple[list[str], list[int], int]]:
    """The words of the text piece by piece, the line of each, and where the piece ends."""
    at, line = 0, 1
    while at < len(text):
        space = _SPACE.search(text, at + piece_chars)
        end = space.start() if space else len(text)
        words: list[str] = []
        lines: list[int] = []
        for number, row in enumerate(text[at:end].split("\n"), start=line):
            found = row.split()
            words += found
            lines += [number] * len(found)
        line += text.count("\n", at, end)
        at = end
        yield words, lines, end
