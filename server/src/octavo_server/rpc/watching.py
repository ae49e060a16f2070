"""StatusWatch: which watch a request asks for, and its events as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import processing_service_pb2 as wire
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import RequestId
from octavo_server.rpc import convert, tokens
from octavo_server.rpc.caller import TENANT
from octavo_server.usecases.watch import Gone, Heartbeat, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from octavo_server.rpc.snapshots import Snapshots
    from octavo_server.usecases.watch import Watch
    from octavo_server.usecases.watch_pipeline import WatchPipeline


def watched(
    request: wire.StatusWatchRequest, watch: Watch, watch_pipeline: WatchPipeline
) -> AsyncGenerator[Snapshot | Gone | Heartbeat, None]:
    """The events of a watch of jobs, or of a pipeline. Raises InvalidArgumentError if both or none are asked for."""
    after = tokens.seen_by(request.resume_token)
    interval = convert.seconds(request.heartbeat_interval) if request.HasField("heartbeat_interval") else None
    if not (request.pipeline or request.request_ids):
        raise InvalidArgumentError("request_ids", "is empty, and so is pipeline: say which jobs to watch, or where")
    if not request.pipeline:
        request_ids = [RequestId(request_id) for request_id in request.request_ids]
        return watch(TENANT.get(), request_ids, after=after, heartbeat_seconds=interval)
    if request.request_ids:
        raise InvalidArgumentError("pipeline", "must be empty when request_ids are given: watch one or the other")
    return watch_pipeline(TENANT.get(), request.pipeline, after=after, heartbeat_seconds=interval)


def message(event: Snapshot | Gone | Heartbeat, snapshots: Snapshots) -> wire.StatusWatchResponse:
    """One event."""
    token = tokens.resume_token(event.seen)
    match event:
        case Snapshot(job, progress):
            return wire.StatusWatchResponse(status=snapshots.of(job, progress), resume_token=token)
        case Gone(request_id):
            return wire.StatusWatchResponse(removed=wire.RemovedJob(request_id=request_id), resume_token=token)
        case Heartbeat():
            return wire.StatusWatchResponse(heartbeat=wire.Heartbeat(), resume_token=token)
