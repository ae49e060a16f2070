"""What an engine can be asked about many jobs at once: its other half, for callers who look and change nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from octavo_server.domain.ids import FileId, Instant, PipelineName, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.domain.terms import DirectoryTerm

Position = int
"""Where a job stands in the order of acceptance. It never changes, and no other job ever gets it."""

LOOKED_AT_MAX = 20_000
"""How many jobs one call to list, draw or search looks at, at most: what bounds its time, however many there are."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A job, and where it stands: a listing that goes on after `position` goes on behind it."""

    job: Job
    position: Position


@dataclass(frozen=True, slots=True)
class JobPage:
    """A part of a listing: maybe fewer than asked for, maybe none, and yet not the last part."""

    jobs: tuple[Listed, ...]
    next: Position | None
    """Where to go on; None: this was the last part."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A leaf of a pipeline's tree."""

    path: str
    file_id: FileId
    state: JobState


@dataclass(frozen=True, slots=True)
class TreePage:
    """A part of a tree, by path: maybe fewer files than asked for, maybe none, and yet not the last part."""

    files: tuple[TreeFile, ...]
    next: str | None
    """Go on behind this path; None: this was the last part."""


@dataclass(frozen=True, slots=True)
class KeywordEntry:
    """One lemma of a file's index."""

    lemma: str
    """ASCII letters and digits, or digits, `.` and `,`; 1 to `LEMMA_CHARS_MAX` characters."""
    places: str
    """The first ones: `["word",line,number],...` by line, number and word, as JSON in ASCII without the outer
    brackets. The last may be cut in the middle.
    """
    count: int
    """How many there are in the file."""


@dataclass(frozen=True, slots=True)
class FileHits:
    """A file that has some of the lemmas that were sought, and for each of these what its index says."""

    job: Job
    position: Position
    entries: tuple[KeywordEntry, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A part of what was found: maybe fewer files than asked for, maybe none, and yet not the last part."""

    files: tuple[FileHits, ...]
    next: Position | None


class Listings(Protocol):
    """Finds jobs. No call holds up a change; each sees all that was durable when it was made.

    Expired jobs (by `now`) are left out. No call looks at more than LOOKED_AT_MAX jobs, whatever it is asked for.
    """

    async def list_files(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        query: FileQuery,
        *,
        states: Collection[JobState],
        now: Instant,
        after: Position | None,
        jobs_max: int,
        oldest_first: bool = False,
    ) -> JobPage:
        """The jobs whose files the query finds, in order of acceptance, the newest first, from behind `after` on.

        `states`: only jobs in one of these; empty: in any.
        """

    async def unmatched(
        self, tenant: TenantId, pipeline: PipelineName, query: FileQuery, *, states: Collection[JobState], now: Instant
    ) -> FileQuery:
        """The terms of `query` that fit no file within its bounds of time and `states`, in their order; a term that too
        many files would have to be looked at for is left out.
        """

    async def list_jobs(
        self,
        tenant: TenantId,
        pipeline: PipelineName | None,
        *,
        states: Collection[JobState],
        now: Instant,
        after: Position | None,
        jobs_max: int,
    ) -> JobPage:
        """The tenant's jobs, the newest first, from behind `after` on.

        `pipeline` None: of all; `states` empty: in any.
        """

    async def tree(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        directory: DirectoryTerm,
        *,
        states: Collection[JobState],
        now: Instant,
        after: str,
        files_max: int,
    ) -> TreePage:
        """The files in the directories that fit, by their paths' bytes, from behind the path `after` on."""

    async def search(
        self,
        tenant: TenantId,
        pipeline: PipelineName,
        lemmas: Collection[str],
        query: FileQuery,
        *,
        now: Instant,
        after: Position | None,
        files_max: int,
        oldest_first: bool = False,
    ) -> SearchPage:
        """The jobs that succeeded, whose files the query finds and whose indexes have one of the lemmas, in order as in
        `list_files`. Costs what the jobs with such a lemma cost, or those that the query finds, if they are fewer.

        Places of a megabyte or so end a part, and those of a single file that has more are cut.
        """
