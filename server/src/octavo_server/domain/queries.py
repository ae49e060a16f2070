"""Which files a caller looks for: terms of which any may fit, bounds of time that must all hold (the hosted product's
rules, kept).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.files import File
from octavo_server.domain.ids import FileId, Instant
from octavo_server.domain.terms import (
    EVERYWHERE,
    DirectoryTerm,
    NameTerm,
    PathTerm,
    TagTerm,
    directory_term,
    name_term,
    path_term,
    tag_term,
    wildcards,
)

TERMS_MAX = 500
"""Of each kind."""
WILDCARDS_MAX = 64
"""Terms with a wildcard, of all kinds: each is compared with every file that is looked at."""

_FILE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuery:
    """Any of the terms, or every file if there are none; and all bounds of time, ends included."""

    file_ids: tuple[FileId, ...] = ()
    names: tuple[NameTerm, ...] = ()
    directories: tuple[DirectoryTerm, ...] = ()
    paths: tuple[PathTerm, ...] = ()
    tags: tuple[TagTerm, ...] = ()
    create_time_min: Instant | None = None
    create_time_max: Instant | None = None
    update_time_min: Instant | None = None
    update_time_max: Instant | None = None

    @property
    def has_terms(self) -> bool:
        """Are there any terms?"""
        return bool(self.file_ids or self.names or self.directories or self.paths or self.tags)

    @property
    def is_everything(self) -> bool:
        """Does every file fit, as far as the terms go?"""
        return not self.has_terms or EVERYWHERE in self.directories

    @property
    def wildcard_count(self) -> int:
        """How many terms have a wildcard."""
        return wildcards(self.names) + wildcards(self.directories) + wildcards(self.paths) + wildcards(self.tags)

    def without_terms(self) -> "FileQuery":
        """Its bounds of time alone."""
        return replace(self, file_ids=(), names=(), directories=(), paths=(), tags=())

    def fits(self, file: File, create_time: Instant) -> bool:
        """Is it one of the files looked for?"""
        return self.is_in_time(file, create_time) and (not self.has_terms or self._has_term_for(file))

    def is_in_time(self, file: File, create_time: Instant) -> bool:
        """Do the bounds of time hold?"""
        update_time = create_time if file.update_time is None else file.update_time
        return _within(create_time, self.create_time_min, self.create_time_max) and _within(
            update_time, self.update_time_min, self.update_time_max
        )

    def _has_term_for(self, file: File) -> bool:
        return (
            file.file_id in self.file_ids
            or any(term.fits(file.name) for term in self.names)
            or any(term.fits(file.directory) for term in self.directories)
            or any(term.fits(file) for term in self.paths)
            or any(term.fits(file) for term in self.tags)
        )


EVERY_FILE = FileQuery()


def valid_query(
    *,
    file_ids: Sequence[str] = (),
    names: Sequence[str] = (),
    directories: Sequence[str] = (),
    paths: Sequence[str] = (),
    tags: Sequence[tuple[str, str]] = (),
    create_time_min: Instant | None = None,
    create_time_max: Instant | None = None,
    update_time_min: Instant | None = None,
    update_time_max: Instant | None = None,
    field: str = "query",
) -> FileQuery:
    """The query as asked for, in lower case. Raises InvalidArgumentError, naming the term's field below `field`."""
    query = FileQuery(
        file_ids=tuple(_file_id(text, where) for text, where in _terms(file_ids, f"{field}.file_ids")),
        names=tuple(name_term(text, field=where) for text, where in _terms(names, f"{field}.file_names")),
        directories=tuple(
            directory_term(text, field=where)
            for text, where in _terms(directories, f"{field}.symbolic_directory_paths")
        ),
        paths=tuple(path_term(text, field=where) for text, where in _terms(paths, f"{field}.symbolic_file_paths")),
        tags=tuple(tag_term(pair, field=where) for pair, where in _terms(tags, f"{field}.file_tags")),
        create_time_min=create_time_min,
        create_time_max=create_time_max,
        update_time_min=update_time_min,
        update_time_max=update_time_max,
    )
    _check_bounds(create_time_min, create_time_max, f"{field}.create_time_start")
    _check_bounds(update_time_min, update_time_max, f"{field}.update_time_start")
    if query.wildcard_count > WILDCARDS_MAX:
        raise InvalidArgumentError(
            field, f"at most {WILDCARDS_MAX} terms with a wildcard are allowed; these are {query.wildcard_count}"
        )
    return query


def _file_id(text: str, field: str) -> FileId:
    if not _FILE_ID.fullmatch(text):
        raise InvalidArgumentError(field, f"must be a UUID in lower case, as Process returned it; {text!r} is not")
    return FileId(text)


def _terms(terms: Sequence[T], field: str) -> Collection[tuple[T, str]]:
    if len(terms) > TERMS_MAX:
        raise InvalidArgumentError(field, f"at most {TERMS_MAX} are allowed; these are {len(terms)}")
    places: dict[T, str] = {}
    for index, term in enumerate(terms):
        places.setdefault(term, f"{field}[{index}]")
    return places.items()


def _check_bounds(least: Instant | None, most: Instant | None, field: str) -> None:
    if least is not None and most is not None and least > most:
        raise InvalidArgumentError(field, "must not be after the end")


def _within(instant: Instant, least: Instant | None, most: Instant | None) -> bool:
    return (least is None or least <= instant) and (most is None or instant <= most)
