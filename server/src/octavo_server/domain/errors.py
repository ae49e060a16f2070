"""Every error that a caller can meet. The tree is flat, and rpc/errors.py has one row a class.

OctavoError
├── InvalidArgumentError      a field breaks a rule
├── NotFoundError             unknown, expired, deleted, or another tenant's
├── AlreadyExistsError        a name is taken
├── FailedPreconditionError   not in this state
├── UploadOffsetError         an upload goes on somewhere else
├── ReadOffsetError           a read starts past the end
├── DigestMismatchError       bytes were damaged on their way
├── ResourceExhaustedError    a queue or a disk is full
├── QuotaExceededError        the tenant has as much as it may
├── UnavailableError          this server is stopping
└── UnauthenticatedError      no credential, or a wrong one
"""

from dataclasses import dataclass


class OctavoError(Exception):
    """The base of all. `str()` is a sentence for people; `reason` is a constant to program against."""

    reason: str


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One refused field: its path in the request, and what is allowed."""

    field: str
    description: str


class InvalidArgumentError(OctavoError):
    """A field breaks a rule. Raised before anything is stored."""

    def __init__(self, field: str, description: str, *, reason: str = "INVALID_FIELD") -> None:
        super().__init__(f"{field}: {description}")
        self.violation = FieldViolation(field, description)
        self.reason = reason


class NotFoundError(OctavoError):
    """There is no such thing: unknown, expired, deleted, or another tenant's; nobody is told which."""

    def __init__(self, resource_type: str, resource_name: str) -> None:
        super().__init__(f"no {resource_type} {resource_name!r}: unknown, expired or deleted")
        self.resource_type = resource_type
        self.resource_name = resource_name
        self.reason = f"{resource_type.upper()}_NOT_FOUND"


class AlreadyExistsError(OctavoError):
    """A name is taken."""

    def __init__(self, resource_type: str, resource_name: str, description: str, *, reason: str) -> None:
        super().__init__(description)
        self.resource_type = resource_type
        self.resource_name = resource_name
        self.reason = reason


class FailedPreconditionError(OctavoError):
    """The thing is there, but not in a state that allows this."""

    def __init__(self, subject: str, description: str, *, reason: str) -> None:
        super().__init__(description)
        self.subject = subject
        self.reason = reason


class UploadOffsetError(OctavoError):
    """A chunk starts somewhere else than where the upload stands."""

    reason = "UPLOAD_OFFSET"

    def __init__(self, offset: int, committed_size_bytes: int) -> None:
        super().__init__(f"offset {offset} is not the committed size {committed_size_bytes}: go on from there")
        self.committed_size_bytes = committed_size_bytes


class ReadOffsetError(OctavoError):
    """A read starts past the end."""

    reason = "READ_OFFSET"

    def __init__(self, offset: int, size_bytes: int) -> None:
        super().__init__(f"read_offset {offset} is past the end: the output has {size_bytes} bytes")


class DigestMismatchError(OctavoError):
    """Bytes do not have the digest that came with them."""

    reason = "DIGEST_MISMATCH"


class ResourceExhaustedError(OctavoError):
    """Something is full for now. Try again after `retry_seconds`."""

    def __init__(self, description: str, *, reason: str, retry_seconds: float) -> None:
        super().__init__(description)
        self.reason = reason
        self.retry_seconds = retry_seconds


class QuotaExceededError(OctavoError):
    """The tenant has as much of something as it may; giving some of it up helps, waiting does not."""

    def __init__(self, subject: str, description: str, *, reason: str) -> None:
        super().__init__(description)
        self.subject = subject
        self.reason = reason


class UnavailableError(OctavoError):
    """This server can't serve now. Try again after `retry_seconds`, here or elsewhere."""

    def __init__(self, description: str, *, reason: str = "SERVER_STOPPING", retry_seconds: float = 1.0) -> None:
        super().__init__(description)
        self.reason = reason
        self.retry_seconds = retry_seconds


class UnauthenticatedError(OctavoError):
    """No credential, or a wrong one."""

    reason = "UNAUTHENTICATED"
