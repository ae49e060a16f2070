"""Line numbers of spans of a text."""

from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""Offsets into a text: the first character's, and the one behind the last."""


def lines_of(text: str, spans: Iterable[Span]) -> Iterator[tuple[Span, range]]:
    r"""Each span with its lines, blank ones included; spans come in order, without overlap. Lines are 1-based.

    From the line behind the previous span (if that ends with its line, from the next line) to the line of the
    span's last character: blank lines before a span belong to it. The first span's lines start at 1.
    Linear in the text: no character is looked at twice.
    """
    counted, newlines, first = 0, 0, 1
    for start, end in spans:
        # The last character's own newline, if it is one, ends its line and does not start another.
        newlines += text.count("\n", counted, end - 1)
        counted = end - 1
        yield (start, end), range(first, newlines + 2)
        newlines += text.count("\n", counted, end + 1)
        counted = min(end + 1, len(text))
        first = newlines + 1
