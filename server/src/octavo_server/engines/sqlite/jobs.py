"""Reads and changes jobs. Everything here runs on the owned thread."""

import heapq
import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from octavo_server.domain.contents import Slot
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.engines.codec import decode_job
from octavo_server.engines.feed import Durable, revision_of
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import JobChanged, JobRemoved, StaleError

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


def change(tables: Tables, job: Job, body: str, *, slot: int | None, inline: bytes | None) -> Job:
    """Record `job` in place of the revision it carries; the job with its new one. Raises StaleError.

    `slot`: whose output this change adds, `inline` or in a blob.
    """
    row = tables.one(SQL["at_revision"], job.request_id, job.revision)
    if row is None:
        raise StaleError
    number, was_final = row
    revision = tables.next_revision()
    is_final = job.state.is_final
    tables.execute(SQL["update_job"], revision, job.priority.value, job.expire_time, is_final, body, number)
    tables.unfinished += was_final - is_final
    if slot is not None:
        output = job.runs[slot].output
        if inline is not None:
            tables.insert("add_contents", [(number, slot, inline)])
        elif output and output.blob_key:
            tables.execute(SQL["add_blob"], output.blob_key, number)
    return replace(job, revision=revision)


def changed_after(tables: Tables, after: Revision, changes_max: int) -> Sequence[Durable]:
    """At most so many changes after a revision, in order, each job as it is now."""
    changed: list[Durable] = [
        JobChanged(decode_job(body, revision))
        for revision, body in tables.all(SQL["changed_after"], after, changes_max)
    ]
    removed: list[Durable] = [
        JobRemoved(request_id, revision)
        for revision, request_id in tables.all(SQL["removed_after"], after, changes_max)
    ]
    return list(heapq.merge(changed, removed, key=revision_of))[:changes_max]


def jobs_of(tables: Tables, tenant: TenantId, pipeline: PipelineName, jobs_max: int) -> Sequence[RequestId]:
    """At most so many jobs of a pipeline."""
    return [request_id for (request_id,) in tables.all(SQL["jobs_of"], tenant, pipeline, jobs_max)]


def known_blobs(tables: Tables, keys: Collection[BlobKey]) -> set[BlobKey]:
    """Those that a job refers to."""
    return {key for (key,) in tables.all(SQL["known_blobs"], json.dumps(list(keys)))}


def _decoded(row: tuple[str, int] | None) -> Job | None:
    return decode_job(row[0], Revision(row[1])) if row else None
