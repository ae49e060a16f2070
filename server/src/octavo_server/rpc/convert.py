"""Wire <-> domain: the only place that builds status messages. Enums by table."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        failure=None
        if job.failure is None
        else job_pb2.Failure(module=job.failure.module, reason=job.failure.reason, message=job.failure.message),
        state=JOB_STATE[job.state],
        modules=[_module(index, run, progress) for index, run in enumerate(job.runs)],
        revision=job.revision,
        create_time=timestamp(job.create_time),
        update_time=timestamp(job.update_time),
        expire_time=timestamp(job.expire_time),
        document=_document(job),
    )


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
    )
