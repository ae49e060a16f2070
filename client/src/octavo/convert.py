"""The only place that turns messages of the wire into values, and arguments into messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct

from octavo import catalog, statuses
from octavo.errors import invalid_argument
from octavo.v1 import job_pb2, pipeline_service_pb2, processing_service_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.timestamp_pb2 import Timestamp

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
DATA_FORMAT_OF = MappingProxyType(
    {
        pipeline_service_pb2.DATA_FORMAT_DOCUMENT: catalog.DataFormat.DOCUMENT,
        pipeline_service_pb2.DATA_FORMAT_TEXT: catalog.DataFormat.TEXT,
        pipeline_service_pb2.DATA_FORMAT_JSON: catalog.DataFormat.JSON,
    }
)
PRIORITY_TO_WIRE = MappingProxyType(
    {
        statuses.Priority.LOW: processing_service_pb2.PRIORITY_LOW,
        statuses.Priority.NORMAL: processing_service_pb2.PRIORITY_NORMAL,
        statuses.Priority.HIGH: processing_service_pb2.PRIORITY_HIGH,
    }
)


def job(reply: processing_service_pb2.ProcessResponse) -> statuses.Job:
    """A submitted document, as stored."""
    return statuses.Job(
        file_id=reply.file_id,
        request_id=reply.request_id,
        file_name=reply.file_name,
        symbolic_directory_path=reply.symbolic_directory_path,
        file_tags=tuple(statuses.FileTag(tag.key, tag.value) for tag in reply.file_tags),
        file_description=reply.file_description if reply.HasField("file_description") else None,
        pipeline=reply.pipeline,
        expire_time=_time(reply.expire_time),
        revision=reply.revision,
        deduplicated=reply.deduplicated,
    )


def job_status(snapshot: processing_service_pb2.ProcessStatusResponse) -> statuses.JobStatus:
    """A snapshot of one job."""
    failure = snapshot.failure
    return statuses.JobStatus(
        request_id=snapshot.request_id,
        file_id=snapshot.file_id,
        message=snapshot.message,
        pipeline=snapshot.pipeline,
        state=JOB_STATE_OF[snapshot.state],
        overall_status=OVERALL_STATUS_OF[snapshot.overall_status],
        failure=statuses.Failure(failure.module, failure.reason, failure.message)
        if snapshot.HasField("failure")
        else None,
        modules=tuple(_module_status(module) for module in snapshot.modules),
        revision=snapshot.revision,
        create_time=_time(snapshot.create_time),
        update_time=_time(snapshot.update_time),
        expire_time=_time(snapshot.expire_time),
        document=_document(snapshot.document) if snapshot.HasField("document") else None,
    )


def _document(found: job_pb2.DocumentMetadata) -> statuses.DocumentMetadata:
    return statuses.DocumentMetadata(
        media_type=found.media_type,
        title=found.title,
        author=found.author,
        create_time=_time(found.create_time) if found.HasField("create_time") else None,
        page_count=found.page_count if found.HasField("page_count") else None,
        language=found.language,
        extractor=found.extractor,
        warnings=tuple(found.warnings),
        more=MappingProxyType(dict(found.more)),
    )


def _module_status(module: job_pb2.ModuleStatus) -> statuses.ModuleStatus:
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
        start_time=_time(module.start_time) if module.HasField("start_time") else None,
        end_time=_time(module.end_time) if module.HasField("end_time") else None,
        error=module.error.message,
        warnings=tuple(module.warnings),
    )


def pipeline_info(pipeline: pipeline_service_pb2.Pipeline) -> catalog.PipelineInfo:
    """A named chain."""
    return catalog.PipelineInfo(
        name=pipeline.name, module_chain=tuple(pipeline.module_chain), create_time=_time(pipeline.create_time)
    )


def module_info(module: pipeline_service_pb2.Module) -> catalog.ModuleInfo:
    """A step that a chain can have."""
    return catalog.ModuleInfo(
        name=module.name,
        description=module.description,
        input_format=DATA_FORMAT_OF[module.input_format],
        output_format=DATA_FORMAT_OF[module.output_format],
        extensions=tuple(module.extensions),
        models=tuple(_model_info(model) for model in module.models),
    )


def _model_info(model: pipeline_service_pb2.Model) -> catalog.ModelInfo:
    params = tuple(
        catalog.ParamInfo(
            name=param.name,
            description=param.description,
            default=_plain(json_format.MessageToDict(param.default_value)),
            minimum=param.minimum if param.HasField("minimum") else None,
            maximum=param.maximum if param.HasField("maximum") else None,
            choices=tuple(param.choices),
        )
        for param in model.params
    )
    return catalog.ModelInfo(name=model.name, description=model.description, params=params)


def _plain(value: Any) -> Any:
    # The wire has one kind of number, a double; params are whole numbers.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tags_to_wire(tags: Iterable[tuple[str, str]]) -> list[job_pb2.FileTag]:
    """Pairs of key and value, in their order."""
    return [job_pb2.FileTag(key=key, value=value) for key, value in tags]


def modules_to_wire(
    modules: Mapping[str, Mapping[str, Any]],
) -> dict[str, processing_service_pb2.ModuleOptions]:
    """`{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`; both inner keys are optional.

    Raises InvalidArgumentError for another inner key, or params that no JSON can hold; the server checks the rest.
    """
    options = {}
    for key, choice in modules.items():
        unknown = set(choice) - {"model", "params"}
        if unknown:
            raise invalid_argument(f"modules.{key}", f"may have the keys model and params; {min(unknown)!r} is neither")
        params = Struct()
        try:
            params.update(choice.get("params") or {})
        except (TypeError, ValueError) as error:
            raise invalid_argument(f"modules.{key}.params", f"must be a dict of JSON values: {error}") from error
        options[key] = processing_service_pb2.ModuleOptions(model=choice.get("model") or "", params=params)
    return options


def duration(seconds: float | None) -> Duration | None:
    """None stays absent."""
    if seconds is None:
        return None
    message = Duration()
    message.FromTimedelta(timedelta(seconds=seconds))
    return message


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)
