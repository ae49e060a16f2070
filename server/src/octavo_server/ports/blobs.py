"""Where large contents lie: documents and outputs beyond what travels inline, and uploads on their way."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from octavo_server.domain.contents import Content
from octavo_server.domain.ids import BlobKey, Instant, TenantId, UploadId


class Blobs(Protocol):
    """Keeps immutable byte strings by key.

    Any method may raise UnavailableError while the store closes; `put` also ResourceExhaustedError (DISK_FULL).
    """

    async def put(self, key: BlobKey, data: bytes | BinaryIO) -> None:
        """Keep `data`, bytes or an open file from its start; durable on return: it is there whole or not at all."""

    async def open(self, key: BlobKey) -> BinaryIO:
        """A readable file at its start, with a file descriptor, for a child process. The caller closes it.

        Raises NotFoundError.
        """

    def read(self, key: BlobKey, *, offset: int, chunk_bytes_max: int) -> AsyncGenerator[bytes, None]:
        """The bytes from `offset` on, in chunks. Raises NotFoundError."""

    async def delete(self, keys: Collection[BlobKey]) -> None:
        """Forget them. Unknown keys are passed over."""

    def keys(self, *, before: Instant | None = None) -> AsyncGenerator[BlobKey, None]:
        """The keys there are; with `before`, only those of blobs that were put or adopted before that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How far an upload is."""

    committed_size_bytes: int
    is_complete: bool
    update_time: Instant


class Uploads(Protocol):
    """Takes in large documents chunk by chunk; what is committed survives a crash.

    Any method may raise UnavailableError while the store closes; those that write also ResourceExhaustedError
    (DISK_FULL).
    """

    async def begin(self, tenant: TenantId, upload_id: UploadId) -> Upload:
        """How far it is; an empty one is made if there is none.

        Raises QuotaExceededError (UPLOADS_FULL) if the tenant has too many.
        """

    async def get(self, tenant: TenantId, upload_id: UploadId) -> Upload:
        """How far it is. Raises NotFoundError."""

    async def append(self, tenant: TenantId, upload_id: UploadId, chunk: bytes, *, offset: int) -> None:
        """Add a chunk. A complete upload takes one again that it has, and stays as it is.

        Raises UploadOffsetError if `offset` is not the committed size, NotFoundError, FailedPreconditionError
        (UPLOAD_COMPLETE: other bytes, or more, for a complete upload).
        """

    async def finish(self, tenant: TenantId, upload_id: UploadId, *, sha256: str) -> Upload:
        """Check the digest and make it durable and complete. Finishing again with the same digest is OK.

        Raises DigestMismatchError, and forgets the upload; NotFoundError.
        """

    async def adopt(self, tenant: TenantId, upload_id: UploadId, key: BlobKey) -> Content:
        """Make the complete upload's bytes a blob as well, durable on return, without copying them.

        The upload stays until `discard`, so that a submission that is refused can be tried again.
        Raises NotFoundError, FailedPreconditionError (UPLOAD_INCOMPLETE).
        """

    async def discard(self, tenant: TenantId, upload_id: UploadId) -> None:
        """Forget it, if it is there."""

    async def expire(self, before: Instant) -> None:
        """Forget uploads to which nothing happened since `before`."""
