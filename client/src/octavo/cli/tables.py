"""Tables: drawn on a terminal; elsewhere a line a row with tabs between, whole, for cut(1) and its like."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from octavo.cli.printing import STYLE_OF
from octavo.statuses import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

WIDE, WIDER, WIDEST = 110, 140, 160
"""The widths from which on a terminal has room for columns that are nice to have."""
CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")
"""They would end a line or a column, or give the terminal orders: a space instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. Off a terminal all are printed."""

    title: str
    is_whole: bool = False
    """Never broken, so that it can be copied."""
    width_min: int = 0
    """On terminals of so many columns or more."""
    is_plain_only: bool = False
    """Never on a terminal."""
    is_number: bool = False

    def is_shown(self, width: int) -> bool:
        """On a terminal of that width?"""
        return not self.is_plain_only and width >= self.width_min


def print_table(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """All rows, each with a cell a column."""
    clean = ([cell.translate(CONTROLS) for cell in row] for row in rows)
    if console.is_terminal:
        console.print(_drawn(columns, clean, width=console.width))
        return
    for row in clean:
        sys.stdout.write("\t".join(row) + "\n")
    sys.stdout.flush()


def _drawn(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, width: int) -> Table:
    shown = [column.is_shown(width) for column in columns]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column, is_shown in zip(columns, shown, strict=True):
        if is_shown:
            justify = "right" if column.is_number else "left"
            table.add_column(column.title, no_wrap=column.is_whole, overflow="fold", justify=justify)  # type: ignore[arg-type] # One of its literals.
    for row in rows:
        table.add_row(*(_cell(cell) for cell, is_shown in zip(row, shown, strict=True) if is_shown))
    return table


def _cell(text: str) -> Text:
    return Text(text, style=STYLE_OF[JobState(text)] if text in set(JobState) else "")
