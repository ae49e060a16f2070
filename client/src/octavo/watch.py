"""Follows jobs to their end, over disconnects and server restarts; the caller never sees the seam."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import grpc.aio

from octavo.convert import jobs, plain
from octavo.errors import details_of
from octavo.streams import lost, next_reply
from octavo.v1.processing_service_pb2 import StatusWatchRequest, StatusWatchResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from octavo.channel import Connection
    from octavo.retry import Retry
    from octavo.statuses import JobStatus
    from octavo.v1.processing_service_pb2_grpc import ProcessingServiceAsyncStub

HEARTBEAT_SECONDS = 15.0
SILENCE_SECONDS_MAX = 3 * HEARTBEAT_SECONDS
"""A stream without even a heartbeat for so long is dead, whatever TCP says."""
FAREWELL_SECONDS_MAX = 2.0
"""After the last final status: how long the server may take to end the stream by itself."""
START_OVER_REASON = "RESUME_TOKEN_UNKNOWN"
"""The server's data was replaced, or another server answers at this address: the token means nothing there."""


class Watch:
    """One watch of some jobs, over as many streams as it takes."""

    def __init__(
        self, connection: Connection, processing: ProcessingServiceAsyncStub, request_ids: Sequence[str]
    ) -> None:
        self._connection = connection
        self._processing = processing
        self._request_ids = tuple(dict.fromkeys(request_ids))
        self._unfinished = set(self._request_ids)
        self._seen: dict[str, JobStatus] = {}
        self._resume_token = ""

    async def statuses(self) -> AsyncGenerator[JobStatus]:
        """Each job's status now, then every later one, until all jobs are final. Raises OctavoError."""
        retry = self._connection.retry()
        while True:
            try:
                async with aclosing(self._stream(retry)) as responses:
                    async for response in responses:
                        self._resume_token = response.resume_token
                        if response.HasField("status"):
                            status = jobs.job_status(response.status)
                            if self._is_news(status):
                                yield status
            except grpc.aio.AioRpcError as error:
                if self._seen and not self._unfinished:
                    return
                if is_token_unknown(error, self._resume_token):
                    self._resume_token = ""
                    continue
                await retry.pause(error)
            else:
                return

    @property
    def _silence_seconds_max(self) -> float:
        return SILENCE_SECONDS_MAX if self._unfinished else FAREWELL_SECONDS_MAX

    def _is_news(self, status: JobStatus) -> bool:
        if self._seen.get(status.request_id) == status:
            return False
        self._seen[status.request_id] = status
        if status.state.is_final:
            self._unfinished.discard(status.request_id)
        else:
            # Again, if somebody retried it.
            self._unfinished.add(status.request_id)
        return True

    async def _stream(self, retry: Retry) -> AsyncGenerator[StatusWatchResponse]:
        request = plain.message(
            StatusWatchRequest,
            # A job that was told final has nothing more to say, and may have expired since.
            request_ids=[each for each in self._request_ids if each in self._unfinished],
            resume_token=self._resume_token,
            heartbeat_interval=plain.duration(HEARTBEAT_SECONDS, "heartbeat_interval"),
        )
        call = self._processing.StatusWatch(request, metadata=self._connection.metadata)
        responses = aiter(call)
        try:
            while (response := await next_reply(responses, silence_seconds_max=self._silence_seconds_max)) is not None:
                self._connection.answered(retry)
                yield response
        finally:
            call.cancel()
        if self._unfinished:
            # A server ends a stream after the last final status: whoever ended this one, a proxy maybe, came too early.
            raise lost("the watch was ended from the other side")


def is_token_unknown(error: grpc.aio.AioRpcError, token: str) -> bool:
    """Was a watch refused for its token alone? Without it, it starts over."""
    return bool(token) and details_of(error).reason == START_OVER_REASON
