"""Reads and changes jobs. Everything here runs on the owned thread, but what takes a snapshot on the reader's."""

import heapq
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from octavo_server.domain.contents import Slot
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.engines import refusals
from octavo_server.engines.codec import decode_job
from octavo_server.engines.feed import revision_of
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import Durable, JobChanged, JobRemoved, StaleError

DOCUMENT_SLOT = -1
"""Where the document stands in the table of contents; outputs have their module's index."""


def find(tables: Tables, request_id: RequestId) -> Job | None:
    """The job, None if there is none."""
    return _decoded(tables.one(SQL["job"], request_id))


def find_by_file(tables: Tables, file_id: FileId) -> Job | None:
    """The job of a file, None if there is none."""
    return _decoded(tables.one(SQL["job_by_file"], file_id))


def accepted_with_key(tables: Tables, tenant: TenantId, pipeline: PipelineName, key: str, now: Instant) -> Job | None:
    """The job that was accepted with this idempotency key and has not expired; none has the empty one."""
    return _decoded(tables.one(SQL["job_by_idempotency_key"], tenant, pipeline, key, now)) if key else None


def content(tables: Tables, request_id: RequestId, slot: Slot) -> bytes:
    """Raises NotFoundError."""
    row = tables.one(SQL["content"], request_id, DOCUMENT_SLOT if slot == "document" else slot)
    if row is None:
        raise NotFoundError("job", request_id)
    data: bytes = row[0]
    return data


def change(tables: Tables, job: Job, body: str, *, slot: int | None, inline: bytes | None, queue_jobs_max: int) -> Job:
    """Record `job` in place of the revision it carries; the job with its new one.

    `slot`: whose output this change adds, `inline` or in a blob. Raises StaleError; ResourceExhaustedError if the job
    was final, is to be run again, and `queue_jobs_max` are unfinished.
    """
    number, was_final = at_revision(tables, job)
    is_final = job.state.is_final
    if was_final and not is_final and tables.unfinished >= queue_jobs_max:
        raise refusals.queue_full(queue_jobs_max)
    revision = tables.next_revision()
    tables.execute(SQL["update_job"], revision, job.priority.value, is_final, job.state.value, body, number)
    tables.unfinished += was_final - is_final
    if slot is not None:
        output = job.runs[slot].output
        if inline is not None:
            tables.insert("add_contents", [(number, slot, inline)])
        elif output and output.blob_key:
            tables.execute(SQL["add_blob"], output.blob_key, number)
    return replace(job, revision=revision)


def at_revision(tables: Tables, job: Job) -> tuple[int, bool]:
    """The job's number, and whether what is on record is final. Raises StaleError if that has another revision."""
    row = tables.one(SQL["at_revision"], job.request_id, job.revision)
    if row is None:
        raise StaleError
    number, is_final = row
    return number, bool(is_final)


def file_time(job: Job) -> Instant:
    """When the file's metadata was last changed, or else made."""
    return job.create_time if job.file.update_time is None else job.file.update_time


def tag_rows(number: int, job: Job) -> Sequence[Sequence[Any]]:
    """What the table of tags has of a job."""
    return [(number, tag.key, tag.value, job.tenant, job.pipeline) for tag in job.file.tags]


def changed_after(tables: Tables, after: Revision, changes_max: int) -> Sequence[Durable]:
    """At most so many changes after a revision, in order, each job as it is now."""
    changed = tables.all(SQL["changed_after"], after, changes_max)
    removed = tables.all(SQL["removed_after"], after, changes_max)
    return merged(changed, removed)[:changes_max]


def merged(
    changed: Iterable[tuple[Revision, str]], removed: Iterable[tuple[Revision, RequestId, TenantId, PipelineName]]
) -> list[Durable]:
    """Rows of jobs and of removals as changes, in order; each of the two is in order."""
    jobs: Iterable[Durable] = (JobChanged(decode_job(body, revision)) for revision, body in changed)
    removals: Iterable[Durable] = (
        JobRemoved(request_id, revision, tenant, pipeline) for revision, request_id, tenant, pipeline in removed
    )
    return list(heapq.merge(jobs, removals, key=revision_of))


def changes_in(
    snapshot: Snapshot, tenant: TenantId, pipeline: PipelineName, after: Revision, changes_max: int
) -> Sequence[Durable]:
    """As `changed_after`, of one pipeline."""
    values = {"tenant": tenant, "pipeline": pipeline, "after": after, "most": changes_max}
    revisions, bodies = snapshot.one(SQL["changes_in"], values)
    changed = zip(json.loads(revisions), bodies.split("\n") if bodies else (), strict=True)
    return merged(changed, snapshot.values(SQL["removed_in"], values))[:changes_max]


def jobs_of(tables: Tables, tenant: TenantId, pipeline: PipelineName, jobs_max: int) -> Sequence[RequestId]:
    """At most so many jobs of a pipeline."""
    return [request_id for (request_id,) in tables.all(SQL["jobs_of"], tenant, pipeline, jobs_max)]


def known_blobs(tables: Tables, keys: Collection[BlobKey]) -> set[BlobKey]:
    """Those that a job refers to."""
    return {key for (key,) in tables.all(SQL["known_blobs"], json.dumps(list(keys)))}


def _decoded(row: tuple[str, int] | None) -> Job | None:
    return decode_job(row[0], Revision(row[1])) if row else None
