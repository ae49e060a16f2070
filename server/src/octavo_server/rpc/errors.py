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
    status = Status(code=row.code.value[0], message=str(error))
    for detail in (details.ErrorInfo(reason=error.reason, domain=DOMAIN), row.detail(error)):
        if detail is not None:
            packed = AnyMessage()
            packed.Pack(detail)
            status.details.append(packed)
    metadata: tuple[tuple[str, str | bytes], ...] = ((DETAILS_KEY, status.SerializeToString()),)
    if isinstance(error, errors.UploadOffsetError):
        metadata = (*metadata, (COMMITTED_SIZE_KEY, str(error.committed_size_bytes)))
    return WireError(row.code, str(error), metadata)


def _bad_request(error: errors.InvalidArgumentError) -> Message:
    violation = details.BadRequest.FieldViolation(field=error.violation.field, description=error.violation.description)
    message: Message = details.BadRequest(field_violations=[violation])
    return message


def _resource(error: errors.NotFoundError | errors.AlreadyExistsError) -> Message:
    message: Message = details.ResourceInfo(
        resource_type=error.resource_type, resource_name=error.resource_name, description=str(error)
    )
    return message


def _precondition(error: errors.FailedPreconditionError) -> Message:
    violation = details.PreconditionFailure.Violation(type=error.reason, subject=error.subject, description=str(error))
    message: Message = details.PreconditionFailure(violations=[violation])
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
    errors.UnavailableError: Row(StatusCode.UNAVAILABLE, _retry),
    errors.UnauthenticatedError: Row(StatusCode.UNAUTHENTICATED, _nothing),
}
