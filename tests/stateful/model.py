"""What a pipeline holds, by the book: a dictionary of files, and rules so plain that one sees that they are right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from octavo.v1.job_pb2 import (
    JOB_STATE_CANCELLED,
    JOB_STATE_CANCELLING,
    JOB_STATE_FAILED,
    JOB_STATE_PENDING,
    JOB_STATE_RUNNING,
    JOB_STATE_SUCCEEDED,
)

State = int
FINAL = {JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELLED}


@dataclass(frozen=True)
class Document:
    """What is submitted, and what must come of it."""

    content: bytes
    extension: str
    words: frozenset[str]
    """What a search finds it by."""
    end: State


@dataclass(frozen=True)
class Submission:
    """One document, and what is asked for it."""

    document: Document
    stem: str
    """Of the file's name; empty: the server is to choose."""
    directory: str
    tags: tuple[tuple[str, str], ...]
    description: str
    lifetime: int
    """In ticks."""
    key: str

    @property
    def name(self) -> str:
        return f"{self.stem}{self.document.extension}" if self.stem else ""


@dataclass(frozen=True)
class HeldFile:
    """One file."""

    file_id: str
    request_id: str
    name: str
    directory: str
    tags: tuple[tuple[str, str], ...]
    description: str
    document: Document
    expire_tick: int
    states: frozenset[State]
    """In one of these its job is now."""

    @property
    def path(self) -> str:
        return f"{self.directory.rstrip('/')}/{self.name}"

    def seen(self, state: State) -> "HeldFile":
        """A caller was told that its job is in this state: from now on it is in that one, or behind it."""
        assert state in self.states, (state, self)
        return replace(self, states=self.states & behind(state, self.document.end))

    def asked_to_stop(self) -> "HeldFile":
        return replace(self, states=frozenset({JOB_STATE_CANCELLING, JOB_STATE_CANCELLED}))

    def started(self) -> "HeldFile":
        """Its job is at the start, for the first time or again."""
        return replace(self, states=behind(JOB_STATE_PENDING, self.document.end))

    def ended(self) -> "HeldFile":
        """Its job has ended, whichever way it had to."""
        [state] = self.states & FINAL
        return replace(self, states=frozenset({state}))


def behind(state: State, end: State) -> frozenset[State]:
    """The state and all that may follow it, unless a caller does something."""
    match state:
        case _ if state == JOB_STATE_PENDING:
            return frozenset({JOB_STATE_PENDING, JOB_STATE_RUNNING, end})
        case _ if state == JOB_STATE_RUNNING:
            return frozenset({JOB_STATE_RUNNING, end})
        case _ if state == JOB_STATE_CANCELLING:
            return frozenset({JOB_STATE_CANCELLING, JOB_STATE_CANCELLED})
    return frozenset({state})


@dataclass(frozen=True)
class Query:
    """Terms of which any may fit; all files, if there are none."""

    file_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def fits(self, file: HeldFile) -> bool:
        return self == Query() or (
            file.file_id in self.file_ids
            or any(fits(file.name, name) for name in self.names)
            or any(fits(file.directory, directory) for directory in self.directories)
            or any(fits_path(file, path) for path in self.paths)
            or any(fits_tag(file, tag) for tag in self.tags)
        )

    def unmatched(self, files: Iterable[HeldFile]) -> "Query":
        """The terms that fit none of the files."""
        held = tuple(files)
        return Query(
            tuple(term for term in self.file_ids if not any(file.file_id == term for file in held)),
            tuple(term for term in self.names if not any(fits(file.name, term) for file in held)),
            tuple(term for term in self.directories if not any(fits(file.directory, term) for file in held)),
            tuple(term for term in self.paths if not any(fits_path(file, term) for file in held)),
            tuple(term for term in self.tags if not any(fits_tag(file, term) for file in held)),
        )


def fits(text: str, term: str) -> bool:
    return fnmatchcase(text, term.lower())


def fits_path(file: HeldFile, term: str) -> bool:
    directory, _, name = term.rpartition("/")
    return fits(file.directory, directory or "/") and fits(file.name, name)


def fits_tag(file: HeldFile, term: tuple[str, str]) -> bool:
    return any(fits(key, term[0]) and fits(value, term[1]) for key, value in file.tags)


@dataclass
class Model:
    """One pipeline and its clock."""

    tick: int = 0
    """What time it is. A file is there until its tick has come."""
    files: dict[str, HeldFile] = field(default_factory=dict)
    """By file id, in order of acceptance."""
    keys: dict[str, tuple[Submission, str]] = field(default_factory=dict)
    """Which submission came with an idempotency key, and which file it made."""
    gone: set[str] = field(default_factory=set)
    """Ids of files and jobs that were there once."""

    def put(self, file: HeldFile) -> None:
        self.files[file.file_id] = file

    def has_path(self, path: str, *, but: str = "") -> bool:
        return any(file.path == path and file.file_id != but for file in self.files.values())

    def of_key(self, key: str) -> tuple[Submission, HeldFile] | None:
        """The submission and the file of a key, while the file is there."""
        if key not in self.keys:
            return None
        submission, file_id = self.keys[key]
        return (submission, self.files[file_id]) if file_id in self.files else None

    def remove(self, file_id: str) -> None:
        file = self.files.pop(file_id)
        self.gone |= {file.file_id, file.request_id}

    def pass_time(self, ticks: int) -> None:
        self.tick += ticks
        for file in list(self.files.values()):
            if file.expire_tick <= self.tick:
                self.remove(file.file_id)

    def found(self, query: Query, states: Collection[State] = (), *, oldest_first: bool = False) -> list[HeldFile]:
        """Only where all jobs have ended, if states matter."""
        fitting = [
            file for file in self.files.values() if query.fits(file) and (not states or file.states <= set(states))
        ]
        return fitting if oldest_first else fitting[::-1]
