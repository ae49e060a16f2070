"""The demo's live table: one row a document."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

import octavo
from octavo import JobState, JobStatus

STYLES = {JobState.SUCCEEDED: "green", JobState.FAILED: "red", JobState.RUNNING: "yellow"}
BAR_WIDTH = 24


@dataclass
class Row:
    """What is known of one document."""

    path: Path
    request_id: str = ""
    status: JobStatus | None = None
    refusal: str = ""
    progress: octavo.Progress | None = None
    started: float = field(default_factory=time.monotonic)
    seconds: float | None = None

    @property
    def has_succeeded(self) -> bool:
        """Are there snippets?"""
        return self.status is not None and self.status.state is JobState.SUCCEEDED

    def see(self, status: JobStatus) -> None:
        """A new snapshot came."""
        self.status = status
        current = status.current
        self.progress = current.progress if current and current.progress else self.progress
        if status.state.is_final:
            self.seconds = time.monotonic() - self.started

    def refuse(self, reason: str) -> None:
        """The server did not take it."""
        self.refusal = reason
        self.seconds = time.monotonic() - self.started


def table(rows: list[Row]) -> Table:
    """All rows as they are now."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("document", "state", "pages", "", "time"):
        grid.add_column(title, header_style="dim")
    for row in rows:
        grid.add_row(row.path.name, _state(row), _pages(row), _bar(row), _seconds(row))
    return grid


def _state(row: Row) -> Text:
    if row.refusal:
        return Text(f"refused: {row.refusal}", style="red")
    if row.status is None:
        return Text("submitting", style="dim")
    if row.status.failure:
        return Text(f"failed: {row.status.failure.message}", style="red")
    return Text(str(row.status.state), style=STYLES.get(row.status.state, "dim"))


def _pages(row: Row) -> str:
    if row.progress is None or row.progress.unit != "page":
        return ""
    done = row.progress.total if row.has_succeeded else row.progress.completed
    return f"{done}/{row.progress.total}"


def _bar(row: Row) -> ProgressBar | Text:
    if row.seconds is not None:
        return ProgressBar(total=1, completed=1 if row.has_succeeded else 0, width=BAR_WIDTH)
    if row.progress is None or not row.progress.total:
        return ProgressBar(pulse=row.status is not None, width=BAR_WIDTH, total=None if row.status else 1)
    return ProgressBar(total=row.progress.total, completed=row.progress.completed, width=BAR_WIDTH)


def _seconds(row: Row) -> str:
    seconds = row.seconds if row.seconds is not None else time.monotonic() - row.started
    return f"{seconds:.2f} s"
