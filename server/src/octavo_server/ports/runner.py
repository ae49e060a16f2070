"""Runs one module on one input, somewhere it can do no harm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.metadata import DocumentMetadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One module's work: what to run, and on what. `file_name` tells the type where the content does not."""

    run: ModuleRun
    file_name: str
    media_type: str
    """Of the input, if a module before made it; empty for a submitted document."""
    source: bytes | BinaryIO
    seconds_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A large output, as an open file at its start. Whoever has it closes it."""

    file: BinaryIO
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """What the module made."""

    output: bytes | Spooled
    media_type: str
    warnings: tuple[str, ...] = ()
    metadata: DocumentMetadata | None = None
    """Of the document, if the module read one."""
    index: "bytes | Spooled | None" = None
    """What searches find in it, if the module made a search index; only one whose output is a DATABASE may. One JSON
    array a line, without spaces: `["lemma",count,[["word",line,number],...]]`. Each lemma once, in the order of their
    bytes; how many places it has; the first HITS_MAX of these, each once, by line, number and word, from 1. Neither
    lemma nor word has more than LEMMA_CHARS_MAX characters."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """What the module counted, by name."""

    def close(self) -> None:
        """Close its files: for whoever discards it."""
        for content in (self.output, self.index):
            if isinstance(content, Spooled):
                content.file.close()


@dataclass(frozen=True, slots=True)
class Refused:
    """The module can't do it, and says why; another attempt would end the same."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The module took its process down; another attempt may go better."""

    reason: str
    message: str
    extractors_spent: int = 0
    """How many extractors were tried, if the last of them is to blame. 0: nobody knows who is, e.g. it was killed."""


Outcome = Succeeded | Refused | Crashed


class Runner(Protocol):
    """Runs modules."""

    async def run(self, task: Task, on_progress: Callable[[Progress], None]) -> Outcome:
        """Run one module to its end. Never raises for what a document does.

        Cancelling the call stops the work at once, and for certain.
        """
