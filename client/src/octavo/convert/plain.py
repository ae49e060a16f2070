"""Messages, times, durations and numbers. What no message can hold is refused here, by the argument's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from google.protobuf import json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from octavo.errors import invalid_argument

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.struct_pb2 import Struct, Value

    from octavo.errors import InvalidArgumentError

Fields = ParamSpec("Fields")
Made = TypeVar("Made")

UNFIT = (ValueError, OverflowError)
"""What protobuf raises for text with lone surrogates, and for numbers that are too large or none."""


def message(make: Callable[Fields, Made], /, *args: Fields.args, **fields: Fields.kwargs) -> Made:
    """`make(**fields)`. Raises InvalidArgumentError that names the field that does not fit."""
    try:
        return make(*args, **fields)
    except UNFIT as error:
        raise _unfit(make, fields) or error from None


def _unfit(make: Callable[..., object], fields: dict[str, Any]) -> InvalidArgumentError | None:
    # protobuf tells the value, but not whose it is.
    for name, value in fields.items():
        try:
            make(**{name: value})
        except UNFIT as error:
            return invalid_argument(name, f"can't be sent: {error}")
    return None


def time(stamp: Timestamp) -> datetime:
    """In UTC."""
    return stamp.ToDatetime(UTC)


def time_to_wire(moment: datetime | None, argument: str) -> Timestamp | None:
    """None stays absent; a time without a zone is UTC. Raises InvalidArgumentError that names the argument."""
    if moment is None:
        return None
    stamp = Timestamp()
    try:
        stamp.FromDatetime(moment)
    except UNFIT:
        raise invalid_argument(argument, "must be a time of the years 1 to 9999 in UTC") from None
    return stamp


def duration(seconds: float | None, argument: str = "seconds") -> Duration | None:
    """None stays absent. Raises InvalidArgumentError that names the argument."""
    if seconds is None:
        return None
    length = Duration()
    try:
        length.FromTimedelta(timedelta(seconds=seconds))
    except UNFIT:
        raise invalid_argument(argument, "must be a number of seconds that a calendar can hold") from None
    return length


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
