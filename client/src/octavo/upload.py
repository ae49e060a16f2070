"""Sends a large document chunk by chunk; after a disconnect it goes on where the server stands."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import aclosing, closing, suppress
from typing import TYPE_CHECKING

import google_crc32c
import grpc.aio
from grpc import StatusCode

from octavo.errors import DataLossError, NotFoundError, details_of, from_rpc
from octavo.streams import stalled
from octavo.v1.file_service_pb2 import GetUploadRequest, GetUploadResponse, UploadFileRequest, UploadFileResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from io import BufferedIOBase

    from octavo.channel import Connection
    from octavo.documents import Document
    from octavo.retry import Retry
    from octavo.v1.file_service_pb2_grpc import FileServiceAsyncStub

CHUNK_BYTES = 512 * 1024
STALL_SECONDS_MAX = 60.0
"""A server that takes no chunk for so long is as good as gone."""
MISFITS_MAX = 3
"""How often in a row a server may refuse an offset or a checksum without having got any further."""

_MISFIT = (StatusCode.OUT_OF_RANGE, StatusCode.DATA_LOSS)


class Upload:
    """One document on its way. `upload_id` names it for Process."""

    def __init__(
        self, connection: Connection, files: FileServiceAsyncStub, document: Document, *, idempotency_key: str
    ) -> None:
        self._connection = connection
        self._files = files
        self._document = document
        self._idempotency_key = idempotency_key
        self._sha256 = b""
        self._committed_bytes = 0
        self._misfits = 0
        self._is_careful = False
        self.upload_id = ""

    async def run(self) -> None:
        """Send all of it. Raises OctavoError, or OSError for a file that can't be read."""
        self._sha256 = await self._document.sha256()
        # The same document under the same key is the same upload: a repeated Process is the same request then.
        name = self._idempotency_key.encode() + self._sha256
        self.upload_id = hashlib.sha256(name).hexdigest()
        retry = self._connection.retry()
        with closing(await self._document.open()) as file:
            while not await self._is_sent(file, retry):
                pass

    async def _is_sent(self, file: BufferedIOBase, retry: Retry) -> bool:
        try:
            response = await self._send(file)
        except grpc.aio.AioRpcError as error:
            await self._excuse(error, retry)
            return await self._find_committed(retry)
        if not response.complete and response.committed_size <= self._committed_bytes:
            raise DataLossError(f"the server stopped taking the upload after {self._committed_bytes} bytes")
        self._note(response.committed_size, retry)
        return response.complete

    async def _excuse(self, error: grpc.aio.AioRpcError, retry: Retry) -> None:
        if error.code() is StatusCode.INTERNAL and not self._is_careful:
            # A write after the server ended the call hides from grpc.aio why it did. Send one chunk by itself: its
            # refusal comes through.
            self._is_careful = True
        elif error.code() is StatusCode.INTERNAL and not details_of(error).call_id:
            # Hidden even so, by a server that ended the call before it read anything: no server said INTERNAL.
            await retry.pause_for(from_rpc(error, target=self._connection.address.target))
        elif error.code() in _MISFIT:
            self._misfits += 1
            if self._misfits >= MISFITS_MAX:
                raise from_rpc(
                    error,
                    target=self._connection.address.target,
                    is_secure=self._connection.address.is_secure,
                ) from None
        else:
            await retry.pause(error)

    async def _find_committed(self, retry: Retry) -> bool:
        """Ask where to go on; True if the server has it all."""
        try:
            upload, _ = await self._connection.unary(self._files.GetUpload, GetUploadRequest(upload_id=self.upload_id))
        except NotFoundError:
            upload = GetUploadResponse()
        self._note(upload.committed_size, retry)
        return upload.complete

    def _note(self, committed_bytes: int, retry: Retry) -> None:
        """Go on from here; whoever gets further has a right to new patience."""
        if committed_bytes > self._committed_bytes:
            self._misfits = 0
            self._is_careful = False
            self._connection.answered(retry)
        self._committed_bytes = committed_bytes

    async def _send(self, file: BufferedIOBase) -> UploadFileResponse:
        call = self._files.UploadFile(metadata=self._connection.metadata)
        try:
            async with asyncio.timeout(STALL_SECONDS_MAX) as stall:
                # InvalidStateError: the server ended the call before the last chunk; its status says why.
                with suppress(asyncio.InvalidStateError):
                    async with aclosing(self._requests(file)) as requests:
                        async for request in requests:
                            await call.write(request)
                            stall.reschedule(asyncio.get_running_loop().time() + STALL_SECONDS_MAX)
                    await call.done_writing()
                return await call
        except TimeoutError:
            raise stalled(STALL_SECONDS_MAX) from None
        finally:
            call.cancel()

    async def _requests(self, file: BufferedIOBase) -> AsyncGenerator[UploadFileRequest]:
        offset = self._committed_bytes
        await asyncio.to_thread(file.seek, offset)
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield UploadFileRequest(
                upload_id=self.upload_id, offset=offset, chunk=chunk, crc32c=google_crc32c.value(chunk)
            )
            offset += len(chunk)
            if self._is_careful:
                return
        yield UploadFileRequest(upload_id=self.upload_id, offset=offset, sha256=self._sha256)
