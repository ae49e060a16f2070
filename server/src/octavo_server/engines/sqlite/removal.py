"""Removes jobs with all that belongs to them. Everything here runs on the owned thread."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from octavo_server.domain.ids import BlobKey, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.engines.sqlite import keywords
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import JobRemoved, Removed

REPLAY_SECONDS_MIN = 3_600
"""How long removals are replayed to watchers that were away (ports.engine, `changes`)."""

FORGOTTEN_SHARE = 4
"""How many earlier removals are forgotten with each: enough to keep up, and so few that nobody waits for it."""

Row = tuple[int, RequestId, int, TenantId, PipelineName]
"""A job's number, its id, whether it is final, and whose it is."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, and the changes to tell."""

    removed: Removed
    changes: tuple[JobRemoved, ...]


def remove(tables: Tables, tenant: TenantId, request_ids: Collection[RequestId], now: Instant) -> Removal:
    """Remove these jobs of a tenant; others are passed over."""
    return _remove(tables, tables.all(SQL["of_tenant"], json.dumps(list(request_ids)), tenant), now)


def expire(tables: Tables, now: Instant, jobs_max: int) -> Removal:
    """Remove at most so many jobs whose time has come."""
    return _remove(tables, tables.all(SQL["expired"], now, jobs_max), now)


def make_room(tables: Tables, job: Job) -> Removal:
    """Remove the jobs that have expired by the time of `job`, and have its path or its idempotency key."""
    rows = tables.all(
        SQL["expired_rivals"], job.tenant, job.pipeline, job.file.path, job.idempotency_key, job.create_time
    )
    return _remove(tables, rows, job.create_time)


def make_room_for_path(tables: Tables, job: Job, number: int, now: Instant) -> Removal:
    """Remove the expired job that has the path of `job`, if there is one that is not job `number` itself."""
    rows = tables.all(SQL["expired_with_path"], job.tenant, job.pipeline, job.file.path, now, number)
    return _remove(tables, rows, now)


def _remove(tables: Tables, rows: Sequence[Row], now: Instant) -> Removal:
    if not rows:
        return Removal(Removed((), ()), ())
    numbers = json.dumps([row[0] for row in rows])
    blob_keys = tuple(BlobKey(key) for (key,) in tables.all(SQL["blobs_of"], numbers))
    tables.execute(SQL["remove_jobs"], numbers)
    keywords.leave(tables, numbers)
    before = tables.last_revision
    changes = tuple(
        JobRemoved(request_id, tables.next_revision(), tenant, pipeline) for _, request_id, _, tenant, pipeline in rows
    )
    told = json.dumps([(change.request_id, change.tenant, change.pipeline) for change in changes])
    tables.execute(SQL["add_removed"], before, now, told)
    # Never those just added: the newest keeps the last revision.
    tables.execute(SQL["forget_removed"], before, FORGOTTEN_SHARE * len(rows), now - REPLAY_SECONDS_MIN)
    tables.has_removed = True
    tables.unfinished -= sum(1 for row in rows if not row[2])
    return Removal(Removed(tuple(change.request_id for change in changes), blob_keys), changes)
