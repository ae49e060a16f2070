"""Take in a large document chunk by chunk."""

import re
from collections.abc import AsyncIterable
from dataclasses import dataclass

import google_crc32c

from octavo_server.domain.errors import DigestMismatchError, InvalidArgumentError
from octavo_server.domain.ids import TenantId, UploadId
from octavo_server.domain.limits import MIB, Limits
from octavo_server.ports.blobs import Upload, Uploads

CHUNK_BYTES_MAX = MIB
SHA256_BYTES = 32
_UPLOAD_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One message of an upload."""

    upload_id: str
    offset: int
    data: bytes
    crc32c: int
    sha256: bytes
    """Of the whole document, in the last message; else empty."""


def valid_upload_id(upload_id: str) -> UploadId:
    """Raises InvalidArgumentError."""
    if not _UPLOAD_ID.fullmatch(upload_id):
        raise InvalidArgumentError("upload_id", "must be 1-64 letters, digits, _ or -")
    return UploadId(upload_id)


class Receive:
    """Stores the chunks of an upload."""

    def __init__(self, *, uploads: Uploads, limits: Limits) -> None:
        self._uploads = uploads
        self._bytes_max = max(limits.document_bytes_max, limits.text_bytes_max, limits.json_bytes_max)

    async def __call__(self, tenant: TenantId, chunks: AsyncIterable[Chunk]) -> tuple[UploadId, Upload]:
        """Append the chunks in order, and finish at the one with the SHA-256.

        A stream that ends without one leaves the upload as far as it got, to go on later.
        Raises InvalidArgumentError, UploadOffsetError, DigestMismatchError.
        """
        upload_id: UploadId | None = None
        async for chunk in chunks:
            is_first = upload_id is None
            upload_id = upload_id or valid_upload_id(chunk.upload_id)
            self._check(chunk, upload_id)
            if is_first:
                await self._uploads.begin(tenant, upload_id)
            if chunk.data:
                await self._uploads.append(tenant, upload_id, chunk.data, offset=chunk.offset)
            if chunk.sha256:
                return upload_id, await self._uploads.finish(tenant, upload_id, sha256=chunk.sha256.hex())
        if upload_id is None:
            raise InvalidArgumentError("upload_id", "the stream ended before its first message")
        return upload_id, await self._uploads.get(tenant, upload_id)

    def _check(self, chunk: Chunk, upload_id: UploadId) -> None:
        if chunk.upload_id not in ("", upload_id):
            raise InvalidArgumentError("upload_id", "must be the same in all messages of a stream, or empty")
        if chunk.offset < 0:
            raise InvalidArgumentError("offset", "must be 0 or more")
        if len(chunk.data) > CHUNK_BYTES_MAX:
            raise InvalidArgumentError("chunk", f"at most {CHUNK_BYTES_MAX} bytes are allowed")
        if chunk.offset + len(chunk.data) > self._bytes_max:
            raise InvalidArgumentError(
                "chunk", f"a document may have at most {self._bytes_max} bytes here", reason="DOCUMENT_TOO_LARGE"
            )
        if len(chunk.sha256) not in (0, SHA256_BYTES):
            raise InvalidArgumentError("sha256", f"must have {SHA256_BYTES} bytes, or be empty before the last message")
        if google_crc32c.value(chunk.data) != chunk.crc32c:
            raise DigestMismatchError(f"the chunk at offset {chunk.offset} does not have its CRC32C: send it again")
