"""FileService: translates calls into use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import file_service_pb2 as wire
from octavo.v1.file_service_pb2_grpc import FileServiceServicer
from octavo_server.domain.ids import Instant
from octavo_server.rpc import convert
from octavo_server.rpc.caller import TENANT
from octavo_server.usecases.expire import UPLOAD_SECONDS_MAX
from octavo_server.usecases.upload import Chunk, Receive, valid_upload_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.ports.blobs import Uploads


class FileServicer(FileServiceServicer):
    """Uploads."""

    def __init__(self, *, receive: Receive, uploads: Uploads) -> None:
        self._receive = receive
        self._uploads = uploads

    async def UploadFile(
        self, request_iterator: AsyncIterator[wire.UploadFileRequest], context: ServicerContext[Any, Any]
    ) -> wire.UploadFileResponse:
        upload_id, upload = await self._receive(TENANT.get(), _chunks(request_iterator))
        return wire.UploadFileResponse(
            upload_id=upload_id, committed_size=upload.committed_size_bytes, complete=upload.is_complete
        )

    async def GetUpload(
        self, request: wire.GetUploadRequest, context: ServicerContext[Any, Any]
    ) -> wire.GetUploadResponse:
        upload_id = valid_upload_id(request.upload_id)
        upload = await self._uploads.get(TENANT.get(), upload_id)
        return wire.GetUploadResponse(
            upload_id=upload_id,
            committed_size=upload.committed_size_bytes,
            complete=upload.is_complete,
            expire_time=convert.timestamp(Instant(upload.update_time + UPLOAD_SECONDS_MAX)),
        )


async def _chunks(requests: AsyncIterator[wire.UploadFileRequest]) -> AsyncIterator[Chunk]:
    async for request in requests:
        yield Chunk(request.upload_id, request.offset, request.chunk, request.crc32c, request.sha256)
