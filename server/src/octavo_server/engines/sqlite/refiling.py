"""Changes where a file is filed. Everything here runs on the owned thread."""

from dataclasses import dataclass, replace

from octavo_server.domain.ids import Instant
from octavo_server.domain.jobs import Job
from octavo_server.engines import refusals
from octavo_server.engines.sqlite.jobs import at_revision, file_time, tag_rows
from octavo_server.engines.sqlite.removal import Removal, make_room_for_path
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables


@dataclass(frozen=True, slots=True)
class Refiling:
    """The job as recorded, and the expired job that was removed before, to make room."""

    job: Job
    removal: Removal


def refile(tables: Tables, job: Job, body: str, now: Instant) -> Refiling:
    """Record `job`, of which only metadata and the time to expire changed. Raises StaleError, AlreadyExistsError."""
    number, _ = at_revision(tables, job)
    file = job.file
    if tables.one(SQL["has_other_with_path"], job.tenant, job.pipeline, file.path, now, number):
        raise refusals.path_taken(job)
    removal = make_room_for_path(tables, job, number, now)
    revision = tables.next_revision()
    tables.execute(
        SQL["refile_job"],
        revision,
        file.path,
        file.directory,
        file.name,
        file_time(job),
        job.expire_time,
        body,
        number,
    )
    tables.execute(SQL["forget_tags"], number)
    tables.insert("add_tags", tag_rows(number, job))
    return Refiling(replace(job, revision=revision), removal)
