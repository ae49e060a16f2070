"""Follows jobs: what `octavo watch` and `octavo retry --watch` do."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.cli.connecting import make_client
from octavo.cli.failures import ExitCode, tell
from octavo.cli.live import LiveView, Row
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import job_record
from octavo.statuses import JobState, JobStatus, RemovedJob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.client import Client

REMOVED = "removed"
"""The state that is shown of a job that expired or was deleted."""


def follow(server: str, api_key: str | None, request_ids: Sequence[str], *, is_json: bool) -> ExitCode:
    """Show jobs to their end; OK if all succeeded. After an interrupt it says how to go on."""
    client = make_client(server, api_key)
    try:
        with LiveView(make_console(), is_silent=is_json) as view:
            return asyncio.run(_follow(client, request_ids, view, is_json=is_json))
    except KeyboardInterrupt:
        tell(f"the jobs go on; watch them with `octavo watch {' '.join(request_ids)}`")
        return ExitCode.INTERRUPTED


def follow_pipeline(server: str, api_key: str | None, pipeline: str, *, is_json: bool) -> ExitCode:
    """Show every job of a pipeline until somebody interrupts."""
    client = make_client(server, api_key)
    try:
        with LiveView(make_console(), is_silent=is_json) as view:
            asyncio.run(_PipelineFollower(view, is_json=is_json).run(client, pipeline))
    except KeyboardInterrupt:
        # The only way to end it: nothing went wrong that would have to be told.
        pass
    return ExitCode.INTERRUPTED


async def _follow(client: Client, request_ids: Sequence[str], view: LiveView, *, is_json: bool) -> ExitCode:
    rows = {request_id: view.add(request_id) for request_id in dict.fromkeys(request_ids)}
    succeeded = set()
    async with client, aclosing(client.watch(*rows)) as statuses:
        async for found in statuses:
            row = rows[found.request_id]
            view.update(row, found)
            if found.state.is_final:
                view.finish(row)
            if found.state is JobState.SUCCEEDED:
                succeeded.add(found.request_id)
            if is_json:
                print_json(job_record(found))
    return ExitCode.OK if succeeded == set(rows) else ExitCode.FAILED


class _PipelineFollower:
    """Keeps a row for each job that has not ended."""

    def __init__(self, view: LiveView, *, is_json: bool) -> None:
        self._view = view
        self._is_json = is_json
        self._rows: dict[str, Row] = {}

    async def run(self, client: Client, pipeline: str) -> None:
        async with client, aclosing(client.watch_pipeline(pipeline)) as events:
            async for event in events:
                self._show(event)

    def _show(self, event: JobStatus | RemovedJob) -> None:
        if isinstance(event, RemovedJob):
            if self._is_json:
                print_json({"request_id": event.request_id, "state": REMOVED})
            self._view.finish(self._row(event.request_id), state=REMOVED)
            del self._rows[event.request_id]
            return
        if self._is_json:
            print_json(job_record(event))
        row = self._row(event.request_id)
        self._view.update(row, event)
        if event.state.is_final:
            self._view.finish(row)
            del self._rows[event.request_id]

    def _row(self, request_id: str) -> Row:
        if request_id not in self._rows:
            self._rows[request_id] = self._view.add(request_id)
        return self._rows[request_id]
