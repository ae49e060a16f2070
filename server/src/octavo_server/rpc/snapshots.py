"""Status messages, made once for all who ask for the same state of a job."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from octavo_server.rpc.convert import status

if TYPE_CHECKING:
    from octavo.v1.processing_service_pb2 import ProcessStatusResponse
    from octavo_server.domain.ids import RequestId, Revision
    from octavo_server.domain.jobs import Job, Progress

SNAPSHOTS_MAX = 10_000
"""About 1 KB each."""


class Snapshots:
    """The latest status message of each job that was asked for lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[RequestId, tuple[Revision, Progress | None, ProcessStatusResponse]] = OrderedDict()

    def of(self, job: Job, progress: Progress | None) -> ProcessStatusResponse:
        """The message for this state. Shared: not to be changed."""
        kept = self._kept.get(job.request_id)
        if kept is not None and kept[0] == job.revision and kept[1] == progress:
            return kept[2]
        message = status(job, progress)
        self._kept[job.request_id] = (job.revision, progress, message)
        self._kept.move_to_end(job.request_id)
        if len(self._kept) > SNAPSHOTS_MAX:
            self._kept.popitem(last=False)
        return message
