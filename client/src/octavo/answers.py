"""The dicts that the facade answers with: their keys, in the order that scripts of the hosted product know.

`json.dumps` takes all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo.errors import JobFailedError
from octavo.statuses import JSON_MEDIA_TYPE, JobState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.files import File
    from octavo.statuses import DocumentMetadata, Failure, Job, JobStatus, Output

OK = 200
REFUSED = 400

Answer = dict[str, Any]


def submitted(job: Job) -> Answer:
    """What `process` answers without waiting: six keys."""
    return {
        "file_id": job.file_id,
        "request_id": job.request_id,
        "file_name": job.file_name,
        "symbolic_directory_path": job.symbolic_directory_path,
        "file_tags": [{tag.key: tag.value} for tag in job.file_tags] or None,
        "file_description": job.file_description,
    }


def finished(status: JobStatus, output: Output, saved_paths: Sequence[str]) -> Answer:
    """What `process` answers after waiting: eight keys, `process_output` parsed if it is JSON, else None."""
    return _output(status, status.warnings, output, saved_paths)


def fetched(file: File, output: Output, saved_paths: Sequence[str]) -> Answer:
    """What `fetch_output` answers: the same eight keys."""
    warnings = [f"{module.key}: {warning}" for module in file.modules for warning in module.warnings]
    return _output(file, warnings, output, saved_paths)


def no_output(pipeline: str, file_id: str, message: str) -> Answer:
    """What `fetch_output` answers where there is none: the same eight keys, `status_code` 400, no output."""
    return {
        "status_code": REFUSED,
        "pipeline": pipeline,
        "request_id": None,
        "file_id": file_id,
        "message": message,
        "warnings": [],
        "process_output": None,
        "process_output_files": [],
    }


def _output(done: JobStatus | File, warnings: Sequence[str], output: Output, saved_paths: Sequence[str]) -> Answer:
    return {
        "status_code": OK,
        "pipeline": done.pipeline,
        "request_id": done.request_id,
        "file_id": done.file_id,
        "message": f"SUCCESS - output fetched for file_id {done.file_id}."
        "Output saved to location(s) listed in process_output_files.",
        "warnings": list(warnings),
        "process_output": output.json() if output.media_type == JSON_MEDIA_TYPE else None,
        "process_output_files": list(saved_paths),
    }


def process_status(status: JobStatus) -> Answer:
    """What `process_status` answers: seven keys, and `failure_status` for a job that failed or was cancelled."""
    answer: Answer = {
        "status_code": OK,
        "request_id": status.request_id,
        "file_id": status.file_id,
        "message": status.message,
        "pipeline": status.pipeline,
        "process_status": status.process_status,
        "overall_status": status.overall_status.value,
    }
    if status.failure is not None:
        answer["failure_status"] = failure_status(status.failure)
    return answer


def document(found: DocumentMetadata | None) -> Answer | None:
    """What is known about a document; None as long as nothing is."""
    if found is None:
        return None
    return {
        "media_type": found.media_type,
        "title": found.title,
        "author": found.author,
        "create_time": found.create_time.isoformat() if found.create_time else None,
        "page_count": found.page_count,
        "language": found.language,
        "extractor": found.extractor,
        "warnings": list(found.warnings),
        # A map of the wire has no order.
        "more": dict(sorted(found.more.items())),
    }


def failure_status(failure: Failure) -> dict[str, str]:
    """Which module gave up, a constant to program against, and a sentence."""
    return {"module": failure.module, "reason": failure.reason, "message": failure.message}


def job_failed(status: JobStatus) -> JobFailedError:
    """What is raised for a job that was waited for and did not succeed."""
    if status.state is JobState.CANCELLED or status.failure is None:
        return JobFailedError(
            f"processes associated with request_id '{status.request_id}' were cancelled",
            reason="CANCELLED",
            failure_message="the job was cancelled",
            file_id=status.file_id,
            request_id=status.request_id,
        )
    failure = status.failure
    return JobFailedError(
        f"processes associated with request_id '{status.request_id}' failed at module '{failure.module}': "
        f"{failure.message} ({failure.reason})",
        module=failure.module,
        reason=failure.reason,
        failure_message=failure.message,
        file_id=status.file_id,
        request_id=status.request_id,
    )
