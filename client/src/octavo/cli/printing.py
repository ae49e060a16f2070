"""What goes to stdout: JSON lines, plain lines, or styled text on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from octavo.statuses import JobState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo.statuses import DocumentMetadata, JobStatus, Progress

INDENT_COLUMNS = 4
STYLE_OF = {
    JobState.PENDING: "dim",
    JobState.RUNNING: "cyan",
    JobState.SUCCEEDED: "green",
    JobState.FAILED: "red",
    JobState.CANCELLING: "yellow",
    JobState.CANCELLED: "yellow",
}


class _Stdout(Console):
    """Leaves it to the command to end when the reader of its output left."""

    def on_broken_pipe(self) -> None:
        # Rich would leave the process from the middle of a task.
        raise BrokenPipeError


def make_console() -> Console:
    """For stdout: colours on a terminal only, and text exactly as given."""
    console = _Stdout(highlight=False, markup=False, emoji=False)
    # Words stay whole on a terminal; elsewhere a line stays a line, however long.
    console.soft_wrap = not console.is_terminal
    return console


def print_json(answer: Mapping[str, Any]) -> None:
    """One object, one line, at once."""
    print(json.dumps(answer, ensure_ascii=False), flush=True)  # noqa: T201 # A command speaks on its streams.


def print_line(console: Console, name: str, state: str, rest: str = "") -> None:
    """`name  state  rest`; on a terminal too narrow for it, the rest is indented on lines of its own."""
    style = STYLE_OF[JobState(state)] if state in set(JobState) else ""
    line = Text.assemble(name, "  ", (state, style))
    if not rest:
        console.print(line)
    elif console.soft_wrap or cell_len(f"{line.plain}  {rest}") <= console.width:
        console.print(line.append(f"  {rest}"))
    else:
        console.print(line)
        console.print(Padding(Text(rest), (0, 0, 0, INDENT_COLUMNS)))


def print_warnings(console: Console, warnings: Sequence[str]) -> None:
    """One dim line each."""
    for warning in warnings:
        if console.soft_wrap:
            console.print(Text(f"  warning: {warning}", style="dim"))
        else:
            console.print(Padding(Text(f"warning: {warning}", style="dim"), (0, 0, 0, 2)))


def print_document(console: Console, document: DocumentMetadata) -> None:
    """What is known about a document, a line a fact."""
    facts = {
        "type": document.media_type,
        "title": document.title,
        "author": document.author,
        "created": f"{document.create_time:%Y-%m-%d %H:%M} UTC" if document.create_time else "",
        "pages": str(document.page_count) if document.page_count is not None else "",
        "language": document.language,
        "read by": document.extractor,
    }
    print_facts(console, facts)


def print_facts(console: Console, facts: Mapping[str, str]) -> None:
    """A line a fact; nothing for what is not known."""
    for name, fact in facts.items():
        if fact:
            console.print(Text.assemble("  ", (f"{name}: ", "dim"), fact))


def progress_text(progress: Progress | None) -> str:
    """`page 23 of 113`; empty while unknown."""
    if progress is None or not progress.total:
        return ""
    return f"{progress.unit} {progress.completed} of {progress.total}"


def failure_text(status: JobStatus) -> str:
    """`in parser: the PDF is encrypted (DOCUMENT_ENCRYPTED)`; empty unless it failed."""
    failure = status.failure
    return f"in {failure.module}: {failure.message} ({failure.reason})" if failure else ""
