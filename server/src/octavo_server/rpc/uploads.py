"""What an upload is on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import file_service_pb2 as wire
from octavo_server.domain.ids import Instant
from octavo_server.rpc import convert
from octavo_server.usecases.expire import UPLOAD_SECONDS_MAX
from octavo_server.usecases.upload import Chunk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from octavo_server.domain.ids import UploadId
    from octavo_server.ports.blobs import Upload


async def chunks(requests: AsyncIterator[wire.UploadFileRequest]) -> AsyncIterator[Chunk]:
    """The messages of a stream."""
    async for request in requests:
        yield Chunk(request.upload_id, request.offset, request.chunk, request.crc32c, request.sha256)


def uploaded(upload_id: UploadId, upload: Upload) -> wire.UploadFileResponse:
    """What a stream came to."""
    return wire.UploadFileResponse(
        upload_id=upload_id, committed_size=upload.committed_size_bytes, complete=upload.is_complete
    )


def found(upload_id: UploadId, upload: Upload) -> wire.GetUploadResponse:
    """How far an upload is."""
    return wire.GetUploadResponse(
        upload_id=upload_id,
        committed_size=upload.committed_size_bytes,
        complete=upload.is_complete,
        expire_time=convert.timestamp(Instant(upload.update_time + UPLOAD_SECONDS_MAX)),
    )
