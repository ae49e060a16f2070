"""Wire <-> domain: the only place that builds status messages. Enums by table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.code_pb2 import FAILED_PRECONDITION
from google.rpc.status_pb2 import Status

from octavo.v1 import job_pb2, pipeline_service_pb2
from octavo.v1 import processing_service_pb2 as processing
from octavo_server.domain.jobs import Job, JobState, ModuleRun, ModuleState, Priority, Progress
from octavo_server.domain.modules import Format

if TYPE_CHECKING:
    from google.protobuf.duration_pb2 import Duration

    from octavo_server.domain.ids import Instant

PARAMS_KEPT_MAX = 1_000
STATUS_CODE = 200
STATUS_MESSAGE = "SUCCESS: process_status found"

JOB_STATE = {
    JobState.PENDING: job_pb2.JOB_STATE_PENDING,
    JobState.RUNNING: job_pb2.JOB_STATE_RUNNING,
    JobState.SUCCEEDED: job_pb2.JOB_STATE_SUCCEEDED,
    JobState.FAILED: job_pb2.JOB_STATE_FAILED,
    JobState.CANCELLING: job_pb2.JOB_STATE_CANCELLING,
    JobState.CANCELLED: job_pb2.JOB_STATE_CANCELLED,
}
OVERALL = {
    JobState.PENDING: job_pb2.OVERALL_STATUS_ONGOING,
    JobState.RUNNING: job_pb2.OVERALL_STATUS_ONGOING,
    JobState.CANCELLING: job_pb2.OVERALL_STATUS_ONGOING,
    JobState.SUCCEEDED: job_pb2.OVERALL_STATUS_COMPLETE,
    JobState.FAILED: job_pb2.OVERALL_STATUS_FAILED,
    JobState.CANCELLED: job_pb2.OVERALL_STATUS_FAILED,
}
MODULE_STATE = {
    ModuleState.PENDING: job_pb2.MODULE_STATE_PENDING,
    ModuleState.RUNNING: job_pb2.MODULE_STATE_RUNNING,
    ModuleState.SUCCEEDED: job_pb2.MODULE_STATE_SUCCEEDED,
    ModuleState.FAILED: job_pb2.MODULE_STATE_FAILED,
    ModuleState.CANCELLED: job_pb2.MODULE_STATE_CANCELLED,
}
PRIORITY = {
    processing.PRIORITY_UNSPECIFIED: Priority.NORMAL,
    processing.PRIORITY_LOW: Priority.LOW,
    processing.PRIORITY_NORMAL: Priority.NORMAL,
    processing.PRIORITY_HIGH: Priority.HIGH,
}
FORMAT = {
    Format.DOCUMENT: pipeline_service_pb2.DATA_FORMAT_DOCUMENT,
    Format.TEXT: pipeline_service_pb2.DATA_FORMAT_TEXT,
    Format.JSON: pipeline_service_pb2.DATA_FORMAT_JSON,
    Format.DATABASE: pipeline_service_pb2.DATA_FORMAT_DATABASE,
}


def timestamp(instant: Instant) -> Timestamp:
    """To the microsecond."""
    whole, micros = divmod(round(instant * 1e6), 1_000_000)
    return Timestamp(seconds=whole, nanos=micros * 1_000)


def seconds(duration: Duration) -> float:
    """A duration as seconds."""
    return duration.seconds + duration.nanos / 1e9


def status(job: Job, progress: Progress | None) -> processing.ProcessStatusResponse:
    """The full snapshot of a job."""
    return processing.ProcessStatusResponse(
        status_code=STATUS_CODE,
        request_id=job.request_id,
        file_id=job.file.file_id,
        message=STATUS_MESSAGE,
        pipeline=job.pipeline,
        process_status={run.key: run.state is ModuleState.SUCCEEDED for run in job.runs},
        overall_status=OVERALL[job.state],
        failure=failure(job),
        state=JOB_STATE[job.state],
        modules=modules(job, progress),
        revision=job.revision,
        create_time=timestamp(job.create_time),
        update_time=timestamp(job.update_time),
        expire_time=timestamp(job.expire_time),
        document=_document(job),
        symbolic_file_path=job.file.path,
    )


def tags(job: Job) -> list[job_pb2.FileTag]:
    """Its file's tags."""
    return [job_pb2.FileTag(key=tag.key, value=tag.value) for tag in job.file.tags]


def failure(job: Job) -> job_pb2.Failure | None:
    """Why it failed, if it did."""
    why = job.failure
    return None if why is None else job_pb2.Failure(module=why.module, reason=why.reason, message=why.message)


def modules(job: Job, progress: Progress | None) -> list[job_pb2.ModuleStatus]:
    """The statuses of its modules, in chain order."""
    return [_module(index, run, progress) for index, run in enumerate(job.runs)]


def _document(job: Job) -> job_pb2.DocumentMetadata | None:
    for run in job.runs:
        found = run.metadata
        if found:
            return job_pb2.DocumentMetadata(
                media_type=found.media_type,
                title=found.title,
                author=found.author,
                create_time=None if found.create_time is None else timestamp(found.create_time),
                page_count=found.page_count,
                language=found.language,
                extractor=found.extractor,
                warnings=run.warnings,
                more=found.more,
            )
    return None


def _module(index: int, run: ModuleRun, progress: Progress | None) -> job_pb2.ModuleStatus:
    is_running = run.state is ModuleState.RUNNING
    return job_pb2.ModuleStatus(
        index=index,
        name=run.name,
        key=run.key,
        model=run.model,
        state=MODULE_STATE[run.state],
        progress=job_pb2.Progress(unit=progress.unit, completed=progress.completed, total=progress.total)
        if progress is not None and is_running
        else None,
        attempt=run.attempt,
        start_time=None if run.start_time is None else timestamp(run.start_time),
        end_time=None if run.end_time is None else timestamp(run.end_time),
        error=None if run.failure is None else Status(code=FAILED_PRECONDITION, message=run.failure.message),
        warnings=run.warnings,
        params=_params(tuple(run.params.items())) if run.params else None,
        media_type="" if run.output is None else run.output.media_type,
        output_size_bytes=0 if run.output is None else run.output.size_bytes,
        facts=run.facts,
    )


@lru_cache(maxsize=PARAMS_KEPT_MAX)
def _params(params: tuple[tuple[str, str | int], ...]) -> Struct:
    """Shared, and copied by whoever takes it: a status is made three times a job, of the same few params."""
    struct = Struct()
    struct.update(dict(params))
    return struct
