"""What an extractor is to the chain."""

import mmap
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from octavo_server.domain.files import extension_of
from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.allowance import Allowance

UNAVAILABLE = "EXTRACTOR_UNAVAILABLE"
"""The reason of a CannotExtractError that says nothing about the document: the extractor could not be reached."""

BLANK = "no text: the document is blank"
"""The message of a CannotExtractError (NO_TEXT) for a document that can be read, and says nothing."""

Report = Callable[[Progress], None]
"""Tells how far the work is. Cheap: call it as often as you like."""

Relay = Callable[[str], "Extracted"]
"""Has the extractor of that name read the document in a process that can reach it.

Raises CannotExtractError, or RefusalError (OUTPUT_TOO_LARGE).
"""

FILE_DESCRIPTORS = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"


class RefusalError(Exception):
    """The module can't do it, whoever tries: a reason to program against, and a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class CannotExtractError(Exception):
    """This extractor got no text: a reason to program against, and a sentence for people. Another one may."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Document:
    """An open, read-only file, or the content of a member of one, and what is said about it.

    It has no place in the file system.
    """

    descriptor: int | None = None
    """The open file; None for a member."""
    content: bytes = b""
    """A member's."""
    name: str
    media_type: str = ""
    """Known if a module made it; empty for a submitted document."""
    relay: Relay | None = None
    """None where nothing is configured that it could reach."""
    depth: int = 0
    """In how many other documents it is."""
    allowance: Allowance = field(default_factory=Allowance)
    """What may be unpacked from it; one for the submitted document and all that is in it."""

    def member(self, name: str, content: bytes) -> "Document":
        """A document inside this one."""
        return Document(content=content, name=name, depth=self.depth + 1, allowance=self.allowance)

    @cached_property
    def data(self) -> mmap.mmap | bytes:
        """The bytes. Those of a file are mapped: only pages that are read take memory."""
        if self.descriptor is None:
            return self.content
        return mmap.mmap(self.descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)

    def close(self) -> None:
        """Let go of the mapped bytes; the file itself is its owner's."""
        mapped = self.__dict__.pop("data", None)
        if isinstance(mapped, mmap.mmap):
            # Somebody who still looks at them keeps them.
            with suppress(BufferError):
                mapped.close()

    @property
    def is_made_here(self) -> bool:
        """Did a module make it? Then it is what its media type says, in UTF-8."""
        return bool(self.media_type)

    @property
    def size_bytes(self) -> int:
        """How large it is. An empty one can't be mapped: the chain refuses it first."""
        return len(self.content) if self.descriptor is None else os.fstat(self.descriptor).st_size

    @property
    def path(self) -> str:
        """A path to the open file, for libraries that want one. Works in this process, while it is open.

        Raises ValueError for a member, which is in no file.
        """
        if self.descriptor is None:
            raise ValueError("a member of a document is in no file of its own")
        return f"{FILE_DESCRIPTORS}/{self.descriptor}"

    @property
    def extension(self) -> str:
        """With its dot, in lower case; empty if the name has none."""
        return extension_of(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A document's text; what the caller should know nevertheless; what the document says about itself."""

    text: str
    warnings: tuple[str, ...] = ()
    metadata: DocumentMetadata = field(default_factory=DocumentMetadata)
    """Its `extractor` is filled in by the chain."""


class Extractor(Protocol):
    """One library."""

    name: str

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """The document's text, at most a little more than `chars_max` characters: then it may stop reading.

        Raises CannotExtractError for what a document does; any other exception counts as a damaged document.
        """

    def warm_up(self) -> None:
        """Load what the first document would have to wait for."""
