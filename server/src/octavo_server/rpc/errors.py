"""One table: which error becomes which gRPC status, with which details."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2 as details
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from octavo_server.domain import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

DOMAIN = "octavo"
DETAILS_KEY = "grpc-status-details-bin"
TEXT_BYTES_MAX = 700
"""gRPC's metadata holds 8 KiB in all, and a message goes into it up to four times, once percent-encoded."""
COMMITTED_SIZE_KEY = "octavo-committed-size"


class Row(NamedTuple):
    """A code, and what makes the detail message beside ErrorInfo."""

    code: StatusCode
    detail: Callable[..., Message | None]


class WireError(NamedTuple):
    """An error as gRPC sends it."""

    code: StatusCode
    message: str
    trailing_metadata: tuple[tuple[str, str | bytes], ...]


def to_wire(error: errors.OctavoError) -> WireError:
    """Code, message and rich details of `error`."""
    row = STATUS_OF[type(error)]
    wire = _wire(row.code, _cut(str(error)), error.reason, row.detail(error))
    if isinstance(error, errors.UploadOffsetError):
        size = (COMMITTED_SIZE_KEY, str(error.committed_size_bytes))
        return wire._replace(trailing_metadata=(*wire.trailing_metadata, size))
    return wire


def _wire(code: StatusCode, message: str, reason: str, detail: Message | None = None) -> WireError:
    status = Status(code=code.value[0], message=message)
    for one in (details.ErrorInfo(reason=reason, domain=DOMAIN), detail):
        if one is not None:
            packed = AnyMessage()
            packed.Pack(one)
            status.details.append(packed)
    return WireError(code, message, ((DETAILS_KEY, status.SerializeToString()),))


INTERNAL = _wire(StatusCode.INTERNAL, "internal error", "INTERNAL")
"""Anything unforeseen: logged with the call's id, never shown."""


def _cut(text: str) -> str:
    """What a caller wrote may be megabytes; what goes into metadata must fit there."""
    encoded = text.encode(errors="replace")
    return text if len(encoded) <= TEXT_BYTES_MAX else f"{encoded[:TEXT_BYTES_MAX].decode(errors='ignore')}..."


def _bad_request(error: errors.InvalidArgumentError) -> Message:
    violation = details.BadRequest.FieldViolation(
        field=_cut(error.violation.field), description=_cut(error.violation.description)
    )
    message: Message = details.BadRequest(field_violations=[violation])
    return message


def _resource(error: errors.NotFoundError | errors.AlreadyExistsError) -> Message:
    message: Message = details.ResourceInfo(
        resource_type=error.resource_type, resource_name=_cut(error.resource_name), description=_cut(str(error))
    )
    return message


def _precondition(error: errors.FailedPreconditionError) -> Message:
    violation = details.PreconditionFailure.Violation(
        type=error.reason, subject=_cut(error.subject), description=_cut(str(error))
    )
    message: Message = details.PreconditionFailure(violations=[violation])
    return message


def _quota(error: errors.QuotaExceededError) -> Message:
    violation = details.QuotaFailure.Violation(subject=_cut(error.subject), description=_cut(str(error)))
    message: Message = details.QuotaFailure(violations=[violation])
    return message


def _retry(error: errors.ResourceExhaustedError | errors.UnavailableError) -> Message:
    delay = Duration()
    delay.FromMilliseconds(int(error.retry_seconds * 1000))
    message: Message = details.RetryInfo(retry_delay=delay)
    return message


def _nothing(_error: errors.OctavoError) -> None:
    return None


STATUS_OF: dict[type[errors.OctavoError], Row] = {
    errors.InvalidArgumentError: Row(StatusCode.INVALID_ARGUMENT, _bad_request),
    errors.NotFoundError: Row(StatusCode.NOT_FOUND, _resource),
    errors.AlreadyExistsError: Row(StatusCode.ALREADY_EXISTS, _resource),
    errors.FailedPreconditionError: Row(StatusCode.FAILED_PRECONDITION, _precondition),
    errors.UploadOffsetError: Row(StatusCode.OUT_OF_RANGE, _nothing),
    errors.ReadOffsetError: Row(StatusCode.OUT_OF_RANGE, _nothing),
    errors.DigestMismatchError: Row(StatusCode.DATA_LOSS, _nothing),
    errors.ResourceExhaustedError: Row(StatusCode.RESOURCE_EXHAUSTED, _retry),
    errors.QuotaExceededError: Row(StatusCode.RESOURCE_EXHAUSTED, _quota),
    errors.UnavailableError: Row(StatusCode.UNAVAILABLE, _retry),
    errors.UnauthenticatedError: Row(StatusCode.UNAUTHENTICATED, _nothing),
}
