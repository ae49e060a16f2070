"""Fetches an output; after a disconnect it goes on at the byte it had."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import grpc.aio

from octavo.errors import DataLossError, Details
from octavo.statuses import Output
from octavo.streams import next_reply

if TYPE_CHECKING:
    from octavo.channel import Connection
    from octavo.retry import Retry
    from octavo.v1.processing_service_pb2 import FetchOutputRequest, FetchOutputResponse, OutputHeader
    from octavo.v1.processing_service_pb2_grpc import ProcessingServiceAsyncStub

SILENCE_SECONDS_MAX = 60.0
"""A server that sends no chunk for so long is as good as gone."""


class Fetch:
    """One output on its way."""

    def __init__(
        self, connection: Connection, processing: ProcessingServiceAsyncStub, request: FetchOutputRequest
    ) -> None:
        self._connection = connection
        self._processing = processing
        self._request = request
        self._header: OutputHeader | None = None
        self._content = bytearray()

    async def run(self) -> Output:
        """The whole output. Raises OctavoError."""
        retry = self._connection.retry()
        while True:
            self._request.read_offset = len(self._content)
            try:
                await self._read(retry)
            except grpc.aio.AioRpcError as error:
                await retry.pause(error)
            else:
                return self._whole()

    async def _read(self, retry: Retry) -> None:
        call = self._processing.FetchOutput(self._request, metadata=self._connection.metadata)
        responses = aiter(call)
        try:
            while (response := await next_reply(responses, silence_seconds_max=SILENCE_SECONDS_MAX)) is not None:
                self._connection.answered(retry)
                self._take(response)
        finally:
            call.cancel()

    def _take(self, response: FetchOutputResponse) -> None:
        if response.HasField("header"):
            if self._header is not None and self._header.sha256 != response.header.sha256:
                raise _damaged("the output changed while it was fetched")
            self._header = response.header
        self._content += response.chunk
        if self._header is not None and len(self._content) > self._header.size_bytes:
            raise _damaged(f"the output has more than the {self._header.size_bytes} bytes that were announced")

    def _whole(self) -> Output:
        header, content = self._header, bytes(self._content)
        if header is None or len(content) != header.size_bytes:
            raise _damaged(f"the output ended after {len(content)} bytes")
        digest = hashlib.sha256(content)
        if digest.digest() != header.sha256:
            raise _damaged("the output does not have its SHA-256")
        return Output(
            content=content, media_type=header.media_type, sha256=digest.hexdigest(), file_name=header.file_name
        )


def _damaged(what: str) -> DataLossError:
    return DataLossError(f"{what}: fetch it again", details=Details(reason="DIGEST_MISMATCH"))
