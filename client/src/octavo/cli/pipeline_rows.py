"""Pipelines as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.cli.file_rows import time_text
from octavo.cli.tables import Column

if TYPE_CHECKING:
    from rich.console import Console

    from octavo.catalog import PipelineInfo

PIPELINE_COLUMNS = (Column(title="PIPELINE"), Column(title="MODULES"), Column(title="SINCE, UTC"))


def pipeline_row(console: Console, info: PipelineInfo) -> tuple[str, ...]:
    """A cell for each of PIPELINE_COLUMNS."""
    joint = " > " if console.is_terminal else ","
    return info.name, joint.join(info.module_chain), time_text(console, info.create_time)
