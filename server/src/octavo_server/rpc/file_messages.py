"""Files, queries and states between wire and domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import file_service_pb2 as wire
from octavo.v1 import job_pb2
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import Instant
from octavo_server.domain.queries import FileQuery, valid_query
from octavo_server.domain.terms import ANY
from octavo_server.rpc import convert
from octavo_server.usecases.update_file import FIELDS, FileChanges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp

    from octavo_server.domain.jobs import Job, JobState

STATE_OF = {number: state for state, number in convert.JOB_STATE.items()}
OLDEST_FIRST = {
    wire.SORT_ORDER_UNSPECIFIED: False,
    wire.SORT_ORDER_NEWEST_FIRST: False,
    wire.SORT_ORDER_OLDEST_FIRST: True,
}
NANOS = 1_000_000_000
YEAR_1, YEAR_9999 = -62_135_596_800, 253_402_300_799
"""google.protobuf.Timestamp."""


def file(job: Job) -> wire.File:
    """What was submitted, and how far it is."""
    changed = job.file.update_time
    return wire.File(
        file_id=job.file.file_id,
        request_id=job.request_id,
        pipeline=job.pipeline,
        file_name=job.file.name,
        symbolic_directory_path=job.file.directory,
        file_tags=convert.tags(job),
        file_description=job.file.description,
        state=convert.JOB_STATE[job.state],
        modules=convert.modules(job, None),
        failure=convert.failure(job),
        size_bytes=job.document.size_bytes,
        create_time=convert.timestamp(job.create_time),
        update_time=convert.timestamp(job.create_time if changed is None else changed),
        expire_time=convert.timestamp(job.expire_time),
    )


def query(asked: wire.FileQuery, *, field: str = "query") -> FileQuery:
    """Raises InvalidArgumentError, naming the term's field below `field`."""
    return valid_query(
        file_ids=asked.file_ids,
        names=asked.file_names,
        directories=asked.symbolic_directory_paths,
        paths=asked.symbolic_file_paths,
        tags=[(tag.key, tag.value) for tag in asked.file_tags],
        create_time_min=_instant(asked, "create_time_start", field),
        create_time_max=_instant(asked, "create_time_end", field),
        update_time_min=_instant(asked, "update_time_start", field),
        update_time_max=_instant(asked, "update_time_end", field),
        field=field,
    )


def unmatched(terms: FileQuery) -> wire.FileQuery | None:
    """The terms that fit no file; None if there are none."""
    if not terms.has_terms:
        return None
    return wire.FileQuery(
        file_ids=terms.file_ids,
        file_names=[str(term) for term in terms.names],
        symbolic_directory_paths=[str(term) for term in terms.directories],
        symbolic_file_paths=[str(term) for term in terms.paths],
        file_tags=[job_pb2.FileTag(key=tag.key, value=ANY if tag.value is None else tag.value) for tag in terms.tags],
    )


def states(numbers: Sequence[job_pb2.JobState.ValueType]) -> frozenset[JobState]:
    """Raises InvalidArgumentError."""
    for index, number in enumerate(numbers):
        if number not in STATE_OF:
            names = ", ".join(job_pb2.JobState.Name(one) for one in STATE_OF)
            raise InvalidArgumentError(f"states[{index}]", f"{number} is no state of a job; there are {names}")
    return frozenset(STATE_OF[number] for number in numbers)


def is_oldest_first(order: wire.SortOrder.ValueType) -> bool:
    """Raises InvalidArgumentError."""
    if order not in OLDEST_FIRST:
        raise InvalidArgumentError("order", f"{order} is none; choose 1 (newest first) or 2 (oldest first)")
    return OLDEST_FIRST[order]


def changes(request: wire.UpdateFileRequest) -> FileChanges:
    """What to change: what the mask names; without one, what is not empty."""
    named = request.update_mask.paths
    return FileChanges(
        fields=frozenset(named or (field for field in FIELDS if _is_given(request, field))),
        name=request.file_name,
        directory=request.symbolic_directory_path,
        path=request.symbolic_file_path,
        tags=tuple((tag.key, tag.value) for tag in request.file_tags),
        description=request.file_description if request.HasField("file_description") else None,
        expire_seconds=convert.seconds(request.expire_after) if request.HasField("expire_after") else None,
    )


def _is_given(request: Message, field: str) -> bool:
    return any(descriptor.name == field for descriptor, _value in request.ListFields())


def _instant(asked: wire.FileQuery, name: str, field: str) -> Instant | None:
    if not asked.HasField(name):  # type: ignore[arg-type]  # one of its fields
        return None
    given: Timestamp = getattr(asked, name)
    if not (YEAR_1 <= given.seconds <= YEAR_9999 and 0 <= given.nanos < NANOS):
        raise InvalidArgumentError(f"{field}.{name}", "must be a time from year 1 to 9999")
    return Instant(given.seconds + given.nanos / 1e9)
