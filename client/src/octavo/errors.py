"""Every exception of the SDK. Classes that scripts of the hosted product catch stay subclasses of what they were.

OctavoError
├── InvalidArgumentError (ValueError)      a field or an argument breaks a rule; `.field` names it
├── NotFoundError (ValueError)             unknown, expired, deleted, or somebody else's
├── AlreadyExistsError (ValueError)        a name is taken
├── FailedPreconditionError (ValueError)   not in this state, e.g. the output is not ready
├── OutOfRangeError (ValueError)           an offset is not where it should be
├── UnauthenticatedError (ValueError)      no credential, or a wrong one
├── PermissionDeniedError (ValueError)     the credential does not allow this
├── ResourceExhaustedError                 full for now, or over a quota; `.retry_seconds` says when to come back
├── UnavailableError (ConnectionError)     no server, or it is stopping; the SDK has retried
├── DeadlineExceededError (TimeoutError)   no answer in time
├── DataLossError                          bytes were damaged on their way
├── UnimplementedError                     the server is older than this SDK
├── ServerError                            the server failed; `.call_id` finds the reason in its log
├── JobFailedError (ValueError)            a job that was waited for failed; `.module`, `.reason`, `.failure_message`
└── NotInitializedError (ValueError)       `octavo.init` was not called
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from google.rpc import error_details_pb2
from grpc import StatusCode
from grpc_status import rpc_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    import grpc.aio
    from google.protobuf.message import Message

CALL_ID_KEY = "octavo-call-id"
"""Trailing metadata of every reply: the id of the call itself."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a refused call tells beside its sentence. Empty where the server told nothing."""

    reason: str = ""
    field: str = ""
    resource_type: str = ""
    resource_name: str = ""
    subject: str = ""
    """What is not in the right state, or whose quota is used up."""
    retry_seconds: float | None = None
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    call_id: str = ""


class OctavoError(Exception):
    """The base of all. `str()` is one sentence or two: what is wrong, and what to do."""

    hint: ClassVar[str] = ""
    """What to do, where the server's sentence can't know it."""

    def __init__(self, message: str, *, code: StatusCode | None = None, details: Details | None = None) -> None:
        super().__init__(message)
        self.code: StatusCode | None = code
        """The gRPC status of the refused call; None: no call was refused, the SDK itself found the problem."""
        self.details: Details = details or Details()
        """What else the server told; most of it are attributes of the exception, too."""
        self.was_repeated: bool = False
        """True: the SDK had tried before and got no answer, so the call may have taken effect after all."""

    @property
    def reason(self) -> str:
        """A constant to program against, e.g. `PATH_TAKEN`; the name of the status where the server gave none."""
        return self.details.reason or (self.code.name if self.code else "")

    @property
    def call_id(self) -> str:
        """The id of the refused call, to quote when reporting a problem; empty if no server answered."""
        return self.details.call_id


class InvalidArgumentError(OctavoError, ValueError):
    """A field or an argument breaks a rule; nothing was stored."""

    @property
    def field(self) -> str:
        """The refused field, as a path: `file_name`, `file_tags[2].key`, `modules.parser.params.chunk_size`."""
        return self.details.field


class NotFoundError(OctavoError, ValueError):
    """There is no such thing: unknown, expired, deleted, or somebody else's; nobody is told which."""

    @property
    def resource_type(self) -> str:
        """What kind of thing was asked for, e.g. `pipeline`."""
        return self.details.resource_type

    @property
    def resource_name(self) -> str:
        """Its name or id."""
        return self.details.resource_name


class AlreadyExistsError(OctavoError, ValueError):
    """A name is taken: a symbolic path, a pipeline's name, or an idempotency key with another request."""


class FailedPreconditionError(OctavoError, ValueError):
    """The thing is there, but not in a state that allows this."""


class OutOfRangeError(OctavoError, ValueError):
    """An offset is not where it should be."""


class UnauthenticatedError(OctavoError, ValueError):
    """No credential, or a wrong one."""

    hint = "give an API key that this server knows"


class PermissionDeniedError(OctavoError, ValueError):
    """The credential does not allow this."""

    hint = "ask the server's operator for the permission"


class ResourceExhaustedError(OctavoError):
    """Something is full for now, or a quota is used up; `details.subject` says whose."""

    @property
    def retry_seconds(self) -> float | None:
        """When to come back, in seconds; None: waiting does not help, something must be given up."""
        return self.details.retry_seconds


class UnavailableError(OctavoError, ConnectionError):
    """No server, or it is stopping. Raised after retries."""

    target: str = ""
    """`host:port` where no server answered; empty if one did, and said that it can't serve now."""
    tls_advice: str = ""
    """What may be wrong about http and https; empty where nobody listens at all."""


class DeadlineExceededError(OctavoError, TimeoutError):
    """No answer in time. Whether the call took effect is not known."""

    hint = "try again; the network or the server may be overloaded"


class DataLossError(OctavoError):
    """Bytes were damaged on their way, or a file changed while it was sent."""

    hint = "try again, and don't change the file meanwhile"


class UnimplementedError(OctavoError):
    """The server does not know the call."""

    hint = "this server is older than this SDK, or is no Octavo server: update it, or check the address"


class ServerError(OctavoError):
    """The server failed."""

    hint = "its log has the reason"


class JobFailedError(OctavoError, ValueError):
    """A job that was waited for failed, or was cancelled (`reason` is then `CANCELLED`)."""

    def __init__(
        self,
        message: str,
        *,
        module: str = "",
        reason: str = "",
        failure_message: str = "",
        file_id: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, details=Details(reason=reason))
        self.file_id: str = file_id
        """Of the document, for `delete`."""
        self.request_id: str = request_id
        """Of the job, for `process_status`."""
        self.module: str = module
        """The module that gave up, as its key in `process_status`; empty for a cancelled job."""
        self.failure_message: str = failure_message
        """Why, in a sentence."""


class NotInitializedError(OctavoError, ValueError):
    """`octavo.init` was not called."""


ERROR_OF: Mapping[StatusCode, type[OctavoError]] = MappingProxyType(
    {
        StatusCode.INVALID_ARGUMENT: InvalidArgumentError,
        StatusCode.NOT_FOUND: NotFoundError,
        StatusCode.ALREADY_EXISTS: AlreadyExistsError,
        StatusCode.FAILED_PRECONDITION: FailedPreconditionError,
        StatusCode.OUT_OF_RANGE: OutOfRangeError,
        StatusCode.UNAUTHENTICATED: UnauthenticatedError,
        StatusCode.PERMISSION_DENIED: PermissionDeniedError,
        StatusCode.RESOURCE_EXHAUSTED: ResourceExhaustedError,
        StatusCode.UNAVAILABLE: UnavailableError,
        StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
        StatusCode.DATA_LOSS: DataLossError,
        StatusCode.UNIMPLEMENTED: UnimplementedError,
        StatusCode.INTERNAL: ServerError,
        StatusCode.UNKNOWN: ServerError,
        StatusCode.ABORTED: ServerError,
        StatusCode.CANCELLED: UnavailableError,
    }
)
"""Which exception a refused call becomes."""


NOBODY_LISTENS = ("Connection refused", "DNS resolution failed")
"""gRPC's words for a connection that was never made; any other may have failed for want of TLS, or because of it."""


def from_rpc(error: grpc.aio.AioRpcError, *, target: str, is_secure: bool = False) -> OctavoError:
    """The typed form of a refused call to `target`, which was called with TLS or without."""
    details = details_of(error)
    said = error.details() or error.code().name.lower().replace("_", " ")
    kind = ERROR_OF[error.code()]
    if error.code() is StatusCode.CANCELLED:
        dropped = f"the server dropped the call: it may be stopping; try again ({said})"
        return UnavailableError(dropped, code=error.code(), details=details)
    if kind is UnavailableError and not details.reason:
        # No server said this: gRPC did, for want of one.
        return _lost(said, details, target=target, is_secure=is_secure)
    # A server that gives a reason says what to do as well; but why it failed itself, only its log may tell.
    is_hint_needed = kind.hint and (kind is ServerError or not details.reason)
    message = f"{said}: {kind.hint}" if is_hint_needed else said
    if kind is ServerError and details.call_id:
        message = f"{message} (call id {details.call_id})"
    return kind(message, code=error.code(), details=details)


def _lost(said: str, details: Details, *, target: str, is_secure: bool) -> UnavailableError:
    advice = _tls_advice(said, is_secure=is_secure)
    message = f"no server at {target}: start one with `octavo-server serve`, or check the address ({said})"
    lost = UnavailableError(f"{message}. {advice}" if advice else message, code=StatusCode.UNAVAILABLE, details=details)
    lost.target, lost.tls_advice = target, advice
    return lost


def _tls_advice(said: str, *, is_secure: bool) -> str:
    if any(words in said for words in NOBODY_LISTENS):
        return ""
    if is_secure:
        return "If it does not speak TLS, write http://, not https://; if it does, its certificate may not be trusted"
    return "If it speaks TLS, write https:// before the address"


def invalid_argument(argument: str, allowed: str) -> InvalidArgumentError:
    """For what the SDK itself refuses: the argument's name, and what is allowed."""
    return InvalidArgumentError(f"{argument}: {allowed}", details=Details(reason="INVALID_FIELD", field=argument))


def details_of(error: grpc.aio.AioRpcError) -> Details:
    """What the server told beside its sentence."""
    found: dict[str, object] = {"call_id": _call_id(error)}
    for message in _messages(error):
        found.update(_fields(message))
    return Details(**found)  # type: ignore[arg-type] # The keys are those of `_fields`, the values of their types.


def _call_id(error: grpc.aio.AioRpcError) -> str:
    for key, value in error.trailing_metadata() or ():
        if key == CALL_ID_KEY:
            return str(value)
    return ""


def _messages(error: grpc.aio.AioRpcError) -> list[Message]:
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        # A proxy changed the status, but not the details: they speak of something else.
        return []
    messages = []
    for packed in status.details if status else ():
        for kind in _KINDS:
            message = kind()
            if packed.Unpack(message):
                messages.append(message)
    return messages


_KINDS: tuple[type[Message], ...] = (
    error_details_pb2.ErrorInfo,
    error_details_pb2.BadRequest,
    error_details_pb2.ResourceInfo,
    error_details_pb2.RetryInfo,
    error_details_pb2.PreconditionFailure,
    error_details_pb2.QuotaFailure,
)


def _fields(message: Message) -> dict[str, object]:
    match message:
        case error_details_pb2.ErrorInfo():
            return {"reason": message.reason, "metadata": dict(message.metadata)}
        case error_details_pb2.BadRequest(field_violations=[first, *_]):
            return {"field": first.field}
        case error_details_pb2.ResourceInfo():
            return {"resource_type": message.resource_type, "resource_name": message.resource_name}
        case error_details_pb2.RetryInfo():
            return {"retry_seconds": message.retry_delay.ToTimedelta().total_seconds()}
        case (
            error_details_pb2.PreconditionFailure(violations=[first, *_])
            | error_details_pb2.QuotaFailure(violations=[first, *_])
        ):
            return {"subject": first.subject}
    return {}
