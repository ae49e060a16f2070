"""Values of the SDK as JSON objects: the same keys, times in ISO 8601."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from octavo import answers
from octavo.statuses import FileTag

if TYPE_CHECKING:
    from octavo.statuses import JobStatus

Record = dict[str, Any]


def record(value: Any) -> Record:
    """A dataclass of the SDK, field by field."""
    return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def job_record(status: JobStatus) -> Record:
    """A job as `status`, `watch`, `jobs`, `cancel` and `retry` tell it."""
    return {
        **answers.process_status(status),
        "symbolic_file_path": status.symbolic_file_path,
        "state": status.state.value,
        "warnings": list(status.warnings),
        "document": answers.document(status.document),
        "revision": status.revision,
        "create_time": _plain(status.create_time),
        "update_time": _plain(status.update_time),
        "expire_time": _plain(status.expire_time),
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case FileTag():
            # As `process` tells them.
            return {value.key: value.value}
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    return record(value) if dataclasses.is_dataclass(value) else value
