"""The terms of a query by the indexes that lead to their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from octavo_server.domain.queries import FileQuery
from octavo_server.domain.terms import DirectoryTerm, NameTerm, PathTerm, TagTerm

PAST_ALL = "\U0010ffff"
"""Sorts behind whatever a name goes on with."""

OWN = "tenant = :tenant AND pipeline = :pipeline"

Term = str | NameTerm | DirectoryTerm | PathTerm | TagTerm


@dataclass(frozen=True, slots=True)
class Way:
    """How SQL gets from a term, as JSON in `sought.value`, to jobs: pieces of the statements in listings.sql."""

    source: str
    range: str
    number: str = "number"
    compared: str = "TRUE"
    """What must hold besides; with such a condition the way leads past many files that do not fit."""

    @property
    def is_direct(self) -> bool:
        """Does it lead to files that fit only?"""
        return self.compared == "TRUE"


# SQLite names indexes of UNIQUE constraints so, by their number in the table: 3 is file_id, 4 the path.
BY_ID = Way("jobs INDEXED BY sqlite_autoindex_jobs_3", "file_id = sought.value")
BY_NAME = Way("jobs INDEXED BY jobs_by_name", f"{OWN} AND name = sought.value")
BY_NAME_START = Way(
    "jobs INDEXED BY jobs_by_name", f"{OWN} AND name >= sought.value AND name < sought.value || '{PAST_ALL}'"
)
BY_DIRECTORY = Way("jobs INDEXED BY jobs_by_directory", f"{OWN} AND directory = sought.value")
BY_DIRECTORY_START = Way(
    "jobs INDEXED BY jobs_by_directory",
    f"{OWN} AND directory >= sought.value AND directory < sought.value || '{PAST_ALL}'",
)
BY_PATH = Way("jobs INDEXED BY sqlite_autoindex_jobs_4", f"{OWN} AND jobs.path = sought.value")
BY_PATH_START = Way(
    "jobs INDEXED BY jobs_by_directory",
    f"{OWN} AND directory = sought.value ->> 0 AND name >= sought.value ->> 1 "
    f"AND name < (sought.value ->> 1) || '{PAST_ALL}'",
)
BY_TAG = Way(
    "tags INDEXED BY jobs_by_tag",
    f"{OWN} AND tags.key = sought.value ->> 0 AND tags.value = sought.value ->> 1",
    number="job",
)
BY_TAG_KEY = Way("tags INDEXED BY jobs_by_tag", f"{OWN} AND tags.key = sought.value", number="job")
BY_NAME_PATTERN = Way("jobs INDEXED BY jobs_in_order", OWN, compared="jobs.name GLOB sought.value")
BY_PATH_PATTERN = Way(
    "jobs INDEXED BY jobs_in_order",
    OWN,
    compared="jobs.directory GLOB sought.value ->> 0 AND jobs.name GLOB sought.value ->> 1",
)


@dataclass(frozen=True, slots=True)
class Sought:
    """A term, and how to find its files."""

    term: Term
    way: Way
    value: Any
    """What the way calls `sought.value`."""


def terms_of(query: FileQuery) -> Sequence[Sought]:
    """All terms of a query."""
    return [
        *(Sought(file_id, BY_ID, file_id) for file_id in query.file_ids),
        *(_name(term) for term in query.names),
        *(_directory(term) for term in query.directories),
        *(_path(term) for term in query.paths),
        *(_tag(term) for term in query.tags),
    ]


def by_way(terms: Sequence[Sought]) -> dict[Way, list[Sought]]:
    """Terms that go the same way, together."""
    ways: dict[Way, list[Sought]] = {}
    for term in terms:
        ways.setdefault(term.way, []).append(term)
    return ways


def _name(term: NameTerm) -> Sought:
    if term.is_exact:
        return Sought(term, BY_NAME, term.text)
    return Sought(term, BY_NAME_PATTERN, str(term)) if term.any_before else Sought(term, BY_NAME_START, term.text)


def _directory(term: DirectoryTerm) -> Sought:
    return Sought(term, BY_DIRECTORY_START if term.any_after else BY_DIRECTORY, term.text)


def _path(term: PathTerm) -> Sought:
    directory, name = term.directory, term.name
    if term.is_exact:
        return Sought(term, BY_PATH, str(term))
    if directory.is_exact and not name.any_before:
        return Sought(term, BY_PATH_START, (directory.text, name.text))
    return Sought(term, BY_PATH_PATTERN, (str(directory), str(name)))


def _tag(term: TagTerm) -> Sought:
    if term.value is None:
        return Sought(term, BY_TAG_KEY, term.key)
    return Sought(term, BY_TAG, (term.key, term.value))
