"""What callers get and give: files, queries for them, and what a search found in them. Frozen values, no protobuf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from octavo.statuses import Failure, FileTag, JobState, ModuleStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What was submitted: its names, its times, and how far it is."""

    file_id: str
    request_id: str
    """Its job."""
    pipeline: str
    file_name: str
    """In lower case."""
    symbolic_directory_path: str
    """In lower case."""
    file_tags: tuple[FileTag, ...]
    """In the order given."""
    file_description: str | None
    state: JobState
    modules: tuple[ModuleStatus, ...]
    """In chain order."""
    failure: Failure | None
    """Why its job failed; None if it did not."""
    size_bytes: int
    """The size of the document."""
    create_time: datetime
    """When it was accepted, UTC."""
    update_time: datetime
    """When `update_file` last changed it, UTC; `create_time` if never."""
    expire_time: datetime
    """When everything about it is removed, UTC."""

    @property
    def symbolic_file_path(self) -> str:
        """Directory and name: `/a/b/name.txt`."""
        return f"{self.symbolic_directory_path.rstrip('/')}/{self.file_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuery:
    """Which files: those that any of the terms fits (or all, if there are none), and for which all bounds of time hold.

    Terms are compared in lower case. At most 500 of each kind, 64 of all with a wildcard. A time without a zone is UTC.
    """

    file_ids: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    """`*` as the first and/or last character stands for anything: `report*`, `*.txt`, `*draft*`; never alone."""
    symbolic_directory_paths: tuple[str, ...] = ()
    """`/a/b`: that directory alone; `/a/b/*`: what is below it; `/a/b*`: all that begin so; `/*`: every file."""
    symbolic_file_paths: tuple[str, ...] = ()
    """Directory and name: `/a*/*.txt`."""
    file_tags: tuple[tuple[str, str], ...] = ()
    """Pairs of key and value; the value `*` stands for any."""
    create_time_start: datetime | None = None
    """Accepted at this time or later."""
    create_time_end: datetime | None = None
    """Accepted at this time or earlier."""
    update_time_start: datetime | None = None
    """Last changed at this time or later."""
    update_time_end: datetime | None = None
    """Last changed at this time or earlier."""

    @property
    def has_terms(self) -> bool:
        """Does it name anything but times?"""
        return any(
            (self.file_ids, self.file_names, self.symbolic_directory_paths, self.symbolic_file_paths, self.file_tags)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """The files that a query found."""

    files: tuple[File, ...]
    unmatched: FileQuery
    """The terms of the query that fit no file at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFile:
    """A leaf of a pipeline's tree."""

    symbolic_file_path: str
    """Directory and name, in lower case."""
    file_id: str
    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordHit:
    """A word where it stands."""

    keyword: str
    """As the text has it, in lower case."""
    line_number: int
    """From 1."""
    keyword_number: int
    """Its place in the line, from 1, stop words counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHits:
    """The words found in one file."""

    file: File
    hits: tuple[KeywordHit, ...]
    """By line, then by number; the first 10,000."""
    omitted_hit_count: int
    """How many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What a search found."""

    files: tuple[FileHits, ...]
    stop_words: tuple[str, ...]
    """Words of the query that are too common to be indexed, in its order."""
    unmatched: FileQuery
    """The terms of `files` that fit no file at all."""
    unsearchable_words: tuple[str, ...] = ()
    """Words of the query with nothing in them that is indexed (only ASCII letters and digits are), in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One piece of a document's text."""

    snippet: str
    """The text."""
    line_numbers: tuple[int, ...]
    """The lines of the document's text that it comes from: from 1, growing. Empty where the module tells none."""
