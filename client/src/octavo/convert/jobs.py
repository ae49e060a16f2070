"""Jobs, their modules, and what they made."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo import statuses
from octavo.convert import plain
from octavo.errors import InvalidArgumentError, invalid_argument
from octavo.files import Snippet
from octavo.v1 import job_pb2, processing_service_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

JOB_STATE_OF = MappingProxyType(
    {
        job_pb2.JOB_STATE_PENDING: statuses.JobState.PENDING,
        job_pb2.JOB_STATE_RUNNING: statuses.JobState.RUNNING,
        job_pb2.JOB_STATE_SUCCEEDED: statuses.JobState.SUCCEEDED,
        job_pb2.JOB_STATE_FAILED: statuses.JobState.FAILED,
        job_pb2.JOB_STATE_CANCELLING: statuses.JobState.CANCELLING,
        job_pb2.JOB_STATE_CANCELLED: statuses.JobState.CANCELLED,
    }
)
JOB_STATE_TO_WIRE = MappingProxyType({state: wire for wire, state in JOB_STATE_OF.items()})
OVERALL_STATUS_OF = MappingProxyType(
    {
        job_pb2.OVERALL_STATUS_ONGOING: statuses.OverallStatus.ONGOING,
        job_pb2.OVERALL_STATUS_COMPLETE: statuses.OverallStatus.COMPLETE,
        job_pb2.OVERALL_STATUS_FAILED: statuses.OverallStatus.FAILED,
    }
)
MODULE_STATE_OF = MappingProxyType(
    {
        job_pb2.MODULE_STATE_PENDING: statuses.ModuleState.PENDING,
        job_pb2.MODULE_STATE_RUNNING: statuses.ModuleState.RUNNING,
        job_pb2.MODULE_STATE_SUCCEEDED: statuses.ModuleState.SUCCEEDED,
        job_pb2.MODULE_STATE_FAILED: statuses.ModuleState.FAILED,
        job_pb2.MODULE_STATE_CANCELLED: statuses.ModuleState.CANCELLED,
    }
)


def states_to_wire(states: Iterable[statuses.JobState]) -> list[job_pb2.JobState.ValueType]:
    """In their order. A state may also be written as its text, e.g. `"failed"`. Raises InvalidArgumentError."""
    try:
        return [JOB_STATE_TO_WIRE[statuses.JobState(state)] for state in states]
    except ValueError as error:
        raise invalid_argument("states", f"must be a list of {', '.join(statuses.JobState)}: {error}") from None


def job(reply: processing_service_pb2.ProcessResponse) -> statuses.Job:
    """A submitted document, as stored."""
    return statuses.Job(
        file_id=reply.file_id,
        request_id=reply.request_id,
        file_name=reply.file_name,
        symbolic_directory_path=reply.symbolic_directory_path,
        file_tags=tags(reply.file_tags),
        file_description=reply.file_description if reply.HasField("file_description") else None,
        pipeline=reply.pipeline,
        expire_time=plain.time(reply.expire_time),
        revision=reply.revision,
        deduplicated=reply.deduplicated,
    )


def job_status(snapshot: processing_service_pb2.ProcessStatusResponse) -> statuses.JobStatus:
    """A snapshot of one job."""
    return statuses.JobStatus(
        request_id=snapshot.request_id,
        file_id=snapshot.file_id,
        message=snapshot.message,
        pipeline=snapshot.pipeline,
        state=JOB_STATE_OF[snapshot.state],
        overall_status=OVERALL_STATUS_OF[snapshot.overall_status],
        failure=failure(snapshot.failure) if snapshot.HasField("failure") else None,
        modules=tuple(module_status(module) for module in snapshot.modules),
        revision=snapshot.revision,
        create_time=plain.time(snapshot.create_time),
        update_time=plain.time(snapshot.update_time),
        expire_time=plain.time(snapshot.expire_time),
        document=_document(snapshot.document) if snapshot.HasField("document") else None,
        symbolic_file_path=snapshot.symbolic_file_path,
    )


def failure(message: job_pb2.Failure) -> statuses.Failure:
    """Why a job failed."""
    return statuses.Failure(message.module, message.reason, message.message)


def tags(messages: Iterable[job_pb2.FileTag]) -> tuple[statuses.FileTag, ...]:
    """In their order."""
    return tuple(statuses.FileTag(tag.key, tag.value) for tag in messages)


def tags_to_wire(pairs: Iterable[tuple[str, str]]) -> list[job_pb2.FileTag]:
    """Pairs of key and value, in their order. Raises InvalidArgumentError."""
    try:
        return [plain.message(job_pb2.FileTag, key=key, value=value) for key, value in pairs]
    except InvalidArgumentError as error:
        raise invalid_argument("file_tags", str(error)) from None


def _document(found: job_pb2.DocumentMetadata) -> statuses.DocumentMetadata:
    return statuses.DocumentMetadata(
        media_type=found.media_type,
        title=found.title,
        author=found.author,
        create_time=plain.time(found.create_time) if found.HasField("create_time") else None,
        page_count=found.page_count if found.HasField("page_count") else None,
        language=found.language,
        extractor=found.extractor,
        warnings=tuple(found.warnings),
        more=dict(found.more),
    )


def module_status(module: job_pb2.ModuleStatus) -> statuses.ModuleStatus:
    """One module of a job's chain."""
    progress = module.progress
    return statuses.ModuleStatus(
        name=module.name,
        key=module.key,
        model=module.model,
        state=MODULE_STATE_OF[module.state],
        progress=statuses.Progress(progress.unit, progress.completed, progress.total)
        if module.HasField("progress")
        else None,
        attempt=module.attempt,
        start_time=plain.time(module.start_time) if module.HasField("start_time") else None,
        end_time=plain.time(module.end_time) if module.HasField("end_time") else None,
        error=module.error.message,
        warnings=tuple(module.warnings),
        params=plain.json_value(module.params),
        media_type=module.media_type,
        output_size_bytes=module.output_size_bytes,
        facts=dict(module.facts),
    )


def snippet(message: processing_service_pb2.Snippet) -> Snippet:
    """One piece of text."""
    return Snippet(snippet=message.snippet, line_numbers=tuple(message.line_numbers))
