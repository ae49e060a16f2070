"""Follows, stops, repeats and lists jobs."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.calls.base import Calls
from octavo.calls.paging import pages
from octavo.convert import jobs, plain
from octavo.errors import FailedPreconditionError
from octavo.pipeline_watch import PipelineWatch
from octavo.v1.processing_service_pb2 import (
    CancelProcessRequest,
    ListProcessesRequest,
    ProcessStatusRequest,
    RetryProcessRequest,
)
from octavo.watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from octavo.statuses import JobState, JobStatus, RemovedJob


class JobCalls(Calls):
    """Follows, stops, repeats and lists jobs."""

    async def process_status(
        self, request_id: str, *, wait_seconds: float | None = None, known_revision: int | None = None
    ) -> JobStatus:
        """The job's status now, or as soon as there is news of it.

        Raises NotFoundError: unknown, expired or deleted.

        Args:
            request_id: the job.
            wait_seconds: answer when the job's revision is past `known_revision` or the job has ended, at the latest
                after this time, 0 to 60; default: at once. Time without a server is not counted.
            known_revision: the last one you saw; default: the one at the time of the call.
        """
        request = plain.message(
            ProcessStatusRequest,
            request_id=request_id,
            wait=plain.duration(wait_seconds, "wait_seconds"),
            known_revision=known_revision,
        )
        reply, _ = await self._connection.unary(
            self._processing.ProcessStatus, request, wait_seconds=max(wait_seconds or 0.0, 0.0)
        )
        return jobs.job_status(reply)

    async def watch(self, *request_ids: str) -> AsyncGenerator[JobStatus]:
        """Each job's status now, then every later one as a full snapshot, until all jobs are final.

        Goes on after a disconnect or a restart of the server by itself; a slow reader gets the latest status rather
        than every one. Leaving the watch (`contextlib.aclosing` does it in time) never touches the jobs.
        """
        async with aclosing(Watch(self._connection, self._processing, request_ids).statuses()) as statuses:
            async for status in statuses:
                yield status

    async def watch_pipeline(
        self, pipeline: str, *, resume_token: str = "", on_token: Callable[[str], None] | None = None
    ) -> AsyncGenerator[JobStatus | RemovedJob]:
        """The status of each job of a pipeline that has not ended, then of every job that changes or comes, for ever.

        Every status is a full snapshot; a slow reader gets the latest rather than every one, and never misses a final
        one. Jobs that expire or are deleted come as RemovedJob. Goes on after a disconnect or a restart of the server
        by itself and repeats nothing; raises UnavailableError if none answers for as long as the client's patience
        lasts, NotFoundError if there is no such pipeline, ResourceExhaustedError if too many watches are open. Starts
        from the beginning if the server does not know the token, because its data was replaced.

        Args:
            pipeline: its name.
            resume_token: the last one that an earlier watch of this pipeline told `on_token`: only what is newer comes.
            on_token: called with a token whenever everything before it has been yielded and the caller has come back
                for more: keep it, to go on from there in another process. In the event loop, so it must not block.
        """
        watch = PipelineWatch(
            self._connection, self._processing, pipeline, resume_token=resume_token, on_token=on_token
        )
        async with aclosing(watch.events()) as events:
            async for event in events:
                yield event

    async def cancel(self, request_id: str) -> JobStatus:
        """Ask a job to stop; returns its status right after: `CANCELLING` or `CANCELLED`.

        Raises NotFoundError, and FailedPreconditionError if the job already succeeded or failed.
        """
        request = plain.message(CancelProcessRequest, request_id=request_id)
        reply, _ = await self._connection.unary(self._processing.CancelProcess, request)
        return jobs.job_status(reply.status)

    async def retry(self, request_id: str) -> JobStatus:
        """Run a job that failed or was cancelled again, from its first module without an output on; its status then.

        Same `request_id`, same document. Raises NotFoundError, FailedPreconditionError if the job did not fail and was
        not cancelled, ResourceExhaustedError if the queue is full.
        """
        request = plain.message(RetryProcessRequest, request_id=request_id)
        try:
            reply, _ = await self._connection.unary(self._processing.RetryProcess, request)
        except FailedPreconditionError as error:
            if not error.was_repeated:
                raise
            # The first time it was heard, and only its answer was lost: the job runs.
            return await self.process_status(request_id)
        return jobs.job_status(reply.status)

    async def processes(self, pipeline: str = "", *, states: Iterable[JobState] = ()) -> AsyncGenerator[JobStatus]:
        """Your jobs, newest first. Holds one page at a time, however many there are.

        Args:
            pipeline: only its jobs; default: of all pipelines.
            states: only jobs in one of these; `[JobState.FAILED]` is the dead-letter view; default: in any.
        """
        request = plain.message(ListProcessesRequest, pipeline=pipeline, states=jobs.states_to_wire(states))
        async with aclosing(pages(self._connection, self._processing.ListProcesses, request)) as replies:
            async for reply in replies:
                for status in reply.processes:
                    yield jobs.job_status(status)
