"""Removes jobs with all that belongs to them. Everything here runs on the owned thread."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from octavo_server.domain.ids import BlobKey, Instant, RequestId, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import JobRemoved, Removed

REPLAY_SECONDS_MIN = 3_600
"""How long removals are replayed to watchers that were away (ports.engine, `changes`)."""

Row = tuple[int, RequestId, int]
"""A job's number, its id, and whether it is final."""


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


def _remove(tables: Tables, rows: Sequence[Row], now: Instant) -> Removal:
    if not rows:
        return Removal(Removed((), ()), ())
    numbers = json.dumps([number for number, _, _ in rows])
    request_ids = tuple(request_id for _, request_id, _ in rows)
    blob_keys = tuple(BlobKey(key) for (key,) in tables.all(SQL["blobs_of"], numbers))
    tables.execute(SQL["remove_jobs"], numbers)
    before = tables.last_revision
    changes = tuple(JobRemoved(request_id, tables.next_revision()) for request_id in request_ids)
    tables.execute(SQL["add_removed"], before, now, json.dumps(request_ids))
    # Never those just added: the newest keeps the last revision.
    tables.execute(SQL["forget_removed"], now - REPLAY_SECONDS_MIN, before)
    tables.has_removed = True
    tables.unfinished -= sum(1 for _, _, is_final in rows if not is_final)
    return Removal(Removed(request_ids, blob_keys), changes)
