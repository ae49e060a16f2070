"""A job as JSON text, for engines that write jobs down. The revision is not in it: the engine keeps that beside it."""

import json
from typing import Any

from octavo_server.domain.contents import Content
from octavo_server.domain.files import File, Tag
from octavo_server.domain.ids import Revision
from octavo_server.domain.jobs import Failure, Job, JobState, ModuleRun, ModuleState, Priority
from octavo_server.domain.metadata import DocumentMetadata

# One encoder for all jobs: json.dumps with options makes a new one for each call, at a third of its cost.
_to_text = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def encode_job(job: Job) -> str:
    """`job` without its revision."""
    file = job.file
    return _to_text(
        {
            "request_id": job.request_id,
            "tenant": job.tenant,
            "pipeline": job.pipeline,
            "file": {
                "file_id": file.file_id,
                "name": file.name,
                "directory": file.directory,
                "tags": [(tag.key, tag.value) for tag in file.tags],
                "description": file.description,
                "update_time": file.update_time,
            },
            "document": _content(job.document),
            "runs": [_run(run) for run in job.runs],
            "create_time": job.create_time,
            "update_time": job.update_time,
            "expire_time": job.expire_time,
            "state": job.state.value,
            "priority": job.priority.value,
            "failure": _failure(job.failure),
            "start_time": job.start_time,
            "processing_seconds_max": job.processing_seconds_max,
            "idempotency_key": job.idempotency_key,
            "fingerprint": job.fingerprint,
        }
    )


def decode_job(text: str, revision: Revision) -> Job:
    """The job that `encode_job` wrote, with its revision."""
    data = json.loads(text)
    file = data.pop("file")
    tags = tuple(Tag(key, value) for key, value in file.pop("tags"))
    document = Content(**data.pop("document"))
    runs = tuple(_decode_run(run) for run in data.pop("runs"))
    state, priority = JobState(data.pop("state")), Priority(data.pop("priority"))
    failure = _decode_failure(data.pop("failure"))
    return Job(
        file=File(tags=tags, **file),
        document=document,
        runs=runs,
        state=state,
        priority=priority,
        failure=failure,
        revision=revision,
        **data,
    )


def _run(run: ModuleRun) -> dict[str, Any]:
    return {
        "name": run.name,
        "key": run.key,
        "model": run.model,
        "params": dict(run.params),
        "state": run.state.value,
        "attempt": run.attempt,
        "attempts_before": run.attempts_before,
        "crashes": run.crashes,
        "extractors_spent": run.extractors_spent,
        "seconds_spent": run.seconds_spent,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "output": _content(run.output) if run.output else None,
        "failure": _failure(run.failure),
        "warnings": run.warnings,
        "metadata": _metadata(run.metadata) if run.metadata else None,
        "facts": dict(run.facts),
    }


def _decode_run(data: dict[str, Any]) -> ModuleRun:
    state, output = ModuleState(data.pop("state")), data.pop("output")
    # Jobs that were recorded before documents had metadata have none.
    metadata = data.pop("metadata", None)
    failure, warnings = _decode_failure(data.pop("failure")), tuple(data.pop("warnings"))
    content = Content(**output) if output else None
    return ModuleRun(
        state=state,
        output=content,
        failure=failure,
        warnings=warnings,
        metadata=DocumentMetadata(**metadata) if metadata else None,
        **data,
    )


def _content(content: Content) -> dict[str, Any]:
    return {
        "size_bytes": content.size_bytes,
        "sha256": content.sha256,
        "media_type": content.media_type,
        "blob_key": content.blob_key,
    }


def _metadata(metadata: DocumentMetadata) -> dict[str, Any]:
    return {
        "media_type": metadata.media_type,
        "title": metadata.title,
        "author": metadata.author,
        "create_time": metadata.create_time,
        "page_count": metadata.page_count,
        "language": metadata.language,
        "extractor": metadata.extractor,
        "more": dict(metadata.more),
    }


def _failure(failure: Failure | None) -> tuple[str, str, str] | None:
    return (failure.module, failure.reason, failure.message) if failure else None


def _decode_failure(data: tuple[str, str, str] | None) -> Failure | None:
    return Failure(*data) if data else None
