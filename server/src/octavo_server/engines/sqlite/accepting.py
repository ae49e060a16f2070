"""Writes the acceptances of a transaction together, in a handful of statements however many they are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import Revision
from octavo_server.domain.jobs import Job
from octavo_server.engines import refusals
from octavo_server.engines.sqlite.jobs import DOCUMENT_SLOT, accepted_with_key, file_time, tag_rows
from octavo_server.engines.sqlite.operations import Acceptance
from octavo_server.engines.sqlite.removal import make_room
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import Accepted, StaleError


def accept_all(tables: Tables, acceptances: Sequence[Acceptance], *, queue_jobs_max: int) -> Sequence[Acceptance]:
    """Give each its result or its error. None that is refused leaves a trace, or hurts another.

    Returns them in the order of their revisions.
    """
    free = queue_jobs_max - tables.unfinished
    fitting: dict[Revision, Acceptance] = {}
    refused: dict[Acceptance, Exception] = {}
    for one in acceptances:
        refusal = _refusal(tables, one.job)
        if refusal is None and len(fitting) >= free:
            refusal = refusals.queue_full(queue_jobs_max)
        if refusal is None:
            fitting[tables.next_revision()] = one
        else:
            refused[one] = refusal
    added = _add(tables, fitting)
    tables.unfinished += len(added)
    # After those that fit: one of them may have brought the key.
    for one, refusal in refused.items():
        _resolve(tables, one, refusal)
    conflicting = [one for revision, one in fitting.items() if revision not in added]
    for one in conflicting:
        # Takes new revisions if it is only expired jobs that are in its way.
        _resolve(tables, one, None)
    return [*refused, *added.values(), *conflicting]


def _refusal(tables: Tables, job: Job) -> Exception | None:
    chain = tables.chain_of(job.tenant, job.pipeline)
    if chain is None:
        return NotFoundError("pipeline", job.pipeline)
    return None if chain == job.chain else StaleError()


def _add(tables: Tables, fitting: dict[Revision, Acceptance]) -> dict[Revision, Acceptance]:
    """Those that were recorded: the others have something that must be unique in common with another job."""
    if not fitting:
        return fitting
    count = tables.insert("add_jobs", [_row(revision, one) for revision, one in fitting.items()])
    if count < len(fitting):
        numbers = tables.all(SQL["added_since"], next(iter(fitting)))
        fitting = {number: fitting[number] for (number,) in numbers}
    contents: list[Sequence[Any]] = []
    tags: list[Sequence[Any]] = []
    for revision, one in fitting.items():
        if one.inline is not None:
            contents.append((revision, DOCUMENT_SLOT, one.inline))
        else:
            tables.execute(SQL["add_blob"], one.job.document.blob_key, revision)
        tags += tag_rows(revision, one.job)
        one.result = Accepted(replace(one.job, revision=revision), deduplicated=False)
    tables.insert("add_contents", contents)
    tables.insert("add_tags", tags)
    return fitting


def _row(revision: Revision, one: Acceptance) -> tuple[Any, ...]:
    job = one.job
    return (
        revision,
        revision,
        revision,
        job.request_id,
        job.file.file_id,
        job.tenant,
        job.pipeline,
        job.file.path,
        job.idempotency_key,
        job.priority.value,
        job.expire_time,
        0,
        one.body,
        job.state.value,
        job.file.directory,
        job.file.name,
        job.create_time,
        file_time(job),
    )


def _resolve(tables: Tables, one: Acceptance, refusal: Exception | None) -> None:
    """Why it was not recorded; if only expired jobs are in its way, it is recorded now, in their place.

    A known key comes first: the same request again is never refused.
    """
    job = one.job
    known = accepted_with_key(tables, job.tenant, job.pipeline, job.idempotency_key, job.create_time)
    if known and known.fingerprint == job.fingerprint:
        one.result = Accepted(known, deduplicated=True)
    elif known:
        one.error = refusals.key_reused(job)
    elif refusal:
        one.error = refusal
    elif tables.one(SQL["has_path"], job.tenant, job.pipeline, job.file.path, job.create_time):
        one.error = refusals.path_taken(job)
    elif tables.one(SQL["has_id"], job.request_id, job.file.file_id):
        one.error = refusals.id_taken(job)
    else:
        one.removal = make_room(tables, job)
        added = _add(tables, {tables.next_revision(): one})
        assert added, job
        tables.unfinished += 1
        one.result = replace(one.result, removed=one.removal.removed)
