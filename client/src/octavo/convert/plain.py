"""Times, durations and numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value


def time(stamp: Timestamp) -> datetime:
    """In UTC."""
    return stamp.ToDatetime(UTC)


def time_to_wire(moment: datetime | None) -> Timestamp | None:
    """None stays absent; a time without a zone is UTC."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def duration(seconds: float | None) -> Duration | None:
    """None stays absent."""
    if seconds is None:
        return None
    message = Duration()
    message.FromTimedelta(timedelta(seconds=seconds))
    return message


def json_value(message: Value | Struct) -> Any:
    """What it holds, whole numbers as such: the wire has one kind of number, a double."""
    return _whole(json_format.MessageToDict(message))


def _whole(value: Any) -> Any:
    match value:
        case dict():
            return {key: _whole(each) for key, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case float() if value.is_integer():
            return int(value)
    return value
