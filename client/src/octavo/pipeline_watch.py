"""Follows a pipeline for ever, over disconnects and server restarts; the caller never sees the seam."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import grpc.aio

from octavo.convert import jobs, plain
from octavo.statuses import JobStatus, Progress, RemovedJob
from octavo.streams import lost, next_reply
from octavo.v1.processing_service_pb2 import StatusWatchRequest, StatusWatchResponse
from octavo.watch import HEARTBEAT_SECONDS, SILENCE_SECONDS_MAX, is_token_unknown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from octavo.channel import Connection
    from octavo.retry import Retry
    from octavo.v1.processing_service_pb2_grpc import ProcessingServiceAsyncStub

TOLD_JOBS_MAX = 10_000
"""Of so many jobs it is remembered what was told since the token last moved. What is forgotten might be repeated after
a disconnect; never missed.
"""

Told = tuple[int, tuple[Progress | None, ...]]
"""A revision, and the progress of each module: what two snapshots of one job differ by. A removal is REMOVED."""
REMOVED: Told = (-1, ())


class PipelineWatch:
    """One watch of a pipeline, over as many streams as it takes."""

    def __init__(
        self,
        connection: Connection,
        processing: ProcessingServiceAsyncStub,
        pipeline: str,
        *,
        resume_token: str = "",
        on_token: Callable[[str], None] | None = None,
    ) -> None:
        self._connection = connection
        self._processing = processing
        self._pipeline = pipeline
        self._resume_token = resume_token
        self._on_token = on_token
        self._told: dict[str, Told] = {}

    async def events(self) -> AsyncGenerator[JobStatus | RemovedJob]:
        """Each unfinished job's status, then every change; from the start again if the server does not know the token.

        Raises OctavoError.
        """
        retry = self._connection.retry()
        while True:
            try:
                async with aclosing(self._stream(retry)) as responses:
                    async for response in responses:
                        event = _event(response)
                        if event is not None and self._is_news(event):
                            yield event
                        self._advance(response.resume_token)
            except grpc.aio.AioRpcError as error:
                if is_token_unknown(error, self._resume_token):
                    self._resume_token = ""
                    continue
                await retry.pause(error)

    def _is_news(self, event: JobStatus | RemovedJob) -> bool:
        told = REMOVED
        if isinstance(event, JobStatus):
            told = (event.revision, tuple(module.progress for module in event.modules))
        # Taken out and put in again: the first of the dict is the one that was told the longest ago.
        if self._told.pop(event.request_id, None) == told:
            self._told[event.request_id] = told
            return False
        self._told[event.request_id] = told
        if len(self._told) > TOLD_JOBS_MAX:
            del self._told[next(iter(self._told))]
        return True

    def _advance(self, token: str) -> None:
        if not token or token == self._resume_token:
            return
        # A watch that resumes here is told nothing of what came before.
        self._told.clear()
        self._resume_token = token
        if self._on_token is not None:
            self._on_token(token)

    async def _stream(self, retry: Retry) -> AsyncGenerator[StatusWatchResponse]:
        request = plain.message(
            StatusWatchRequest,
            pipeline=self._pipeline,
            resume_token=self._resume_token,
            heartbeat_interval=plain.duration(HEARTBEAT_SECONDS, "heartbeat_interval"),
        )
        call = self._processing.StatusWatch(request, metadata=self._connection.metadata)
        responses = aiter(call)
        try:
            while (response := await next_reply(responses, silence_seconds_max=SILENCE_SECONDS_MAX)) is not None:
                self._connection.answered(retry)
                yield response
        finally:
            call.cancel()
        # A pipeline is watched for ever: whoever ended the stream, a proxy maybe, did not mean the caller.
        raise lost("the watch was ended from the other side")


def _event(response: StatusWatchResponse) -> JobStatus | RemovedJob | None:
    match response.WhichOneof("event"):
        case "status":
            return jobs.job_status(response.status)
        case "removed":
            return RemovedJob(response.removed.request_id)
    return None
