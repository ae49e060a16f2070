"""Files as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.cli.sizes import size_text
from octavo.cli.tables import WIDE, WIDER, WIDEST, Column
from octavo.cli.times import exact, shown

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from octavo.files import File

FILE_COLUMNS = (
    Column(title="FILE ID", is_whole=True),
    Column(title="PATH"),
    Column(title="STATE", is_whole=True),
    Column(title="SIZE", width_min=WIDE, is_whole=True, is_number=True),
    Column(title="ACCEPTED, UTC", width_min=WIDE, is_whole=True),
    Column(title="EXPIRES, UTC", width_min=WIDEST, is_whole=True),
    Column(title="TAGS", width_min=WIDER),
    Column(title="REQUEST ID", is_plain_only=True),
)


def file_row(console: Console, file: File) -> tuple[str, ...]:
    """A cell for each of FILE_COLUMNS."""
    return (
        file.file_id,
        file.symbolic_file_path,
        file.state.value,
        size_text(file.size_bytes) if console.is_terminal else str(file.size_bytes),
        time_text(console, file.create_time),
        time_text(console, file.expire_time),
        ",".join(f"{tag.key}={tag.value}" for tag in file.file_tags),
        file.request_id,
    )


def time_text(console: Console, moment: datetime) -> str:
    """To the minute on a terminal, else exact."""
    return shown(moment) if console.is_terminal else exact(moment)
