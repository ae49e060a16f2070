"""What a search found as rows of a table: a row for each distinct word of a file, however often it stands there."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from octavo.cli.tables import WIDE, Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from octavo.files import FileHits

HIT_COLUMNS = (
    Column(title="PATH"),
    Column(title="WORD"),
    Column(title="HITS", is_whole=True, is_number=True),
    Column(title="LINES"),
    Column(title="FILE ID", is_whole=True, width_min=WIDE),
)
LINES_SHOWN_MAX = 5
"""Of a word: enough to look it up; --json and the index file have all."""


def hit_rows(console: Console, found: FileHits) -> Iterator[tuple[str, ...]]:
    """A cell for each of HIT_COLUMNS; words by their first line."""
    lines_of: dict[str, list[int]] = {}
    for hit in found.hits:
        lines_of.setdefault(hit.keyword, []).append(hit.line_number)
    for word, lines in lines_of.items():
        yield (
            found.file.symbolic_file_path,
            word,
            f"{len(lines):,}" if console.is_terminal else str(len(lines)),
            _lines_text(lines),
            found.file.file_id,
        )


def _lines_text(numbers: Sequence[int]) -> str:
    """`1, 3, 7, ...`: each line once."""
    lines = dict.fromkeys(numbers)
    shown = ", ".join(map(str, islice(lines, LINES_SHOWN_MAX)))
    return f"{shown}, ..." if len(lines) > LINES_SHOWN_MAX else shown
