"""What a module is to the child that runs it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.domain.modules import ModuleSpec, Params
from octavo_server.extractors.base import Document, RefusalError, Report

__all__ = ["Input", "Module", "Output", "RefusalError", "Report"]


class Handover(Protocol):
    """Hears that an extractor is done."""

    def __call__(self, *, is_last: bool) -> None:
        """`is_last`: no other begins."""


def _unheard(*, is_last: bool) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a module works on. `params` are complete and within the spec's bounds."""

    document: Document
    model: str
    params: Params
    output_bytes_max: int
    """OCTAVO_OUTPUT_BYTES_MAX; times the spec's output_factor, the output and the index may each have so many bytes.
    Making more is of no use: raise RefusalError (OUTPUT_TOO_LARGE) as soon as it is clear."""
    extractors_spent: int = 0
    """So many extractors, in their order, took the process of an earlier attempt down: not again."""
    on_handover: Handover = _unheard
    """To be called when an extractor gave up and the next begins, or (`is_last`) when the text is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a module made."""

    data: bytes | bytearray
    media_type: str
    warnings: tuple[str, ...] = ()
    metadata: DocumentMetadata | None = None
    """Of the document, if it read one."""
    index: bytes | bytearray = b""
    """What searches find in it, if it made a search index: the lines that ports/runner.py describes."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """What it counted, by name; lists tell `num_lines` of a file: how many snippets, or lines of text. At most 8 facts,
    names of up to 32 characters, a to z and underscores, values from 0 to 2**53."""


class Module(Protocol):
    """One step that a chain can have: a spec, and a function of its input. It knows no paths, settings or logs."""

    spec: ModuleSpec

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError where another attempt would end the same. MemoryError needs no handling."""

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """Short steps that load what the first input would have to wait for. May be cut short between two."""
