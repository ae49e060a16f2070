"""The live view: one line a file or job, redrawn in place on a terminal; else a line a change of state."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from octavo.cli.printing import STYLE_OF, failure_text, print_line, print_warnings, progress_text
from octavo.statuses import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from octavo.statuses import JobStatus

REFRESHES_PER_SECOND = 8
BAR_COLUMNS = 24
BAR_COLUMNS_NARROW = 10
NARROW_COLUMNS_MAX = 100
SENDING = "sending"
REFUSED = "refused"


@dataclass(slots=True)
class Row:
    """One file on its way, as the view knows it."""

    name: str
    state: str = SENDING
    status: JobStatus | None = None
    note: str = ""
    since: float = field(default_factory=monotonic)
    told: str = ""
    """The state that was last printed."""


class LiveView:
    """Shows rows. On a terminal the unfinished ones are redrawn in place, the finished ones stand above for good."""

    def __init__(self, console: Console, *, is_silent: bool = False) -> None:
        self._console = console
        self._is_silent = is_silent
        self._rows: dict[int, Row] = {}
        self._live = Live(
            console=console, refresh_per_second=REFRESHES_PER_SECOND, transient=True, get_renderable=self._table
        )
        self._is_live = console.is_terminal and not is_silent

    def __enter__(self) -> Self:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_live:
            self._live.stop()

    def add(self, name: str) -> Row:
        """A new row."""
        row = Row(name)
        self._rows[id(row)] = row
        return row

    def update(self, row: Row, status: JobStatus) -> None:
        """The job's latest status."""
        row.status, row.state = status, status.state.value
        row.note = failure_text(status)
        if not status.state.is_final:
            self._tell(row)

    def refresh(self) -> None:
        """Redraw now."""
        self._live.refresh()

    def finish(self, row: Row, note: str = "", *, state: str = "") -> None:
        """Nothing more will happen to the row; `note` is the last word."""
        row.note = note or row.note
        row.state = state or row.state
        self._rows.pop(id(row))
        self._tell(row)

    def _tell(self, row: Row) -> None:
        """Print what happened, unless it is told already or will be seen in the live table."""
        is_finished = id(row) not in self._rows
        if self._is_silent or (self._is_live and not is_finished) or row.told == row.state:
            return
        row.told = row.state
        module = row.status.current if row.status else None
        print_line(self._console, row.name, row.state, row.note or (module.key if module else ""))
        if is_finished and row.status:
            print_warnings(self._console, row.status.warnings)

    def _table(self) -> Table:
        table = Table.grid(
            # The name gives way, the others are short.
            Column(),
            *(Column(no_wrap=True) for _ in range(5)),
            padding=(0, 2),
        )
        # One line for what does not fit, one for the cursor.
        bar_columns = BAR_COLUMNS if self._console.width > NARROW_COLUMNS_MAX else BAR_COLUMNS_NARROW
        rows_max = max(1, self._console.height - 2)
        for row in self._visible(rows_max):
            table.add_row(*_cells(row, bar_columns=bar_columns))
        hidden = len(self._rows) - rows_max
        if hidden > 0:
            table.add_row(Text(f"... and {hidden} more", style="dim"))
        return table

    def _visible(self, rows_max: int) -> Iterable[Row]:
        # Running ones first: they move.
        return sorted(self._rows.values(), key=lambda row: row.state != JobState.RUNNING)[:rows_max]


def _cells(row: Row, *, bar_columns: int) -> tuple[Text, Text, Text, ProgressBar | Text, Text, Text]:
    module = row.status.current if row.status else None
    progress = module.progress if module else None
    bar: ProgressBar | Text = Text("")
    if progress and progress.total:
        bar = ProgressBar(total=progress.total, completed=progress.completed, width=bar_columns)
    style = STYLE_OF[JobState(row.state)] if row.state in set(JobState) else "dim"
    return (
        Text(row.name, overflow="ellipsis", no_wrap=True),
        Text(row.state, style=style),
        Text(module.key if module else ""),
        bar,
        Text(progress_text(progress)),
        Text(f"{monotonic() - row.since:.0f} s", style="dim"),
    )
