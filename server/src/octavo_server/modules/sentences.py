"""Text to sentences: Punkt (Kiss & Strunk 2006) with NLTK's English parameters."""

from collections.abc import Iterator, Sequence

from octavo_server.modules.lines import Span, lines_of
from octavo_server.modules.snippets import OnChars, Snippet, unheard

PIECE_CHARS = 1_000_000
"""Cut at once: 0.2 s. Punkt's memory grows with what it is given, so it is given no more."""
_UNCERTAIN = 2
"""So many sentences at a piece's end may look otherwise with what follows: the last has no end, and the word behind the
last but one, which decides whether that has ended, may be cut."""


def sentences(text: str, *, piece_chars: int = PIECE_CHARS, on_chars: OnChars = unheard) -> Iterator[Snippet]:
    """The sentences of `text` in order, each an exact slice of it; `on_chars` hears how much is done.

    The first keeps the text's leading whitespace; whitespace between sentences and after the last is dropped.
    A blank line is no boundary.
    """
    for (start, end), lines in lines_of(text, _spans(text, piece_chars, on_chars)):
        yield Snippet(text[start:end], lines)


def _spans(text: str, piece_chars: int, on_chars: OnChars) -> Iterator[Span]:
    from punkt import tokenizer_for  # noqa: PLC0415  # 0.1 s and 40 MB that only children pay

    punkt = tokenizer_for("english")
    at, size = 0, piece_chars
    while True:
        piece = text[at : at + size]
        found = list(punkt.span_tokenize(piece))
        is_last = at + size >= len(text)
        certain = len(found) if is_last else _certain(piece, found)
        for start, end in found[:certain]:
            yield at + start, at + end
        if is_last:
            return
        if certain:
            at, size = at + found[certain][0], piece_chars
            on_chars(at)
        else:
            size *= 2


def _certain(piece: str, found: Sequence[Span]) -> int:
    """How many sentences of a piece stay as they are, whatever follows, and whatever the next piece begins with."""
    certain = len(found) - _UNCERTAIN
    # Where no whitespace is between two, as within `!!!`, Punkt looks at both at once.
    while certain > 0 and not piece[found[certain][0] - 1].isspace():
        certain -= 1
    return max(0, certain)
