"""`octavo status` and `octavo watch`."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from octavo import answers
from octavo.answers import Answer
from octavo.cli.connecting import make_client
from octavo.cli.failures import ExitCode, tell
from octavo.cli.live import LiveView
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, RequestId, RequestIds, Server
from octavo.cli.printing import (
    failure_text,
    make_console,
    print_document,
    print_json,
    print_line,
    print_warnings,
    progress_text,
)
from octavo.client import Client
from octavo.statuses import JobState, JobStatus, OverallStatus


def status(
    request_id: RequestId, *, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None
) -> int:
    """Print where a job is. Exit code 1 if it failed or was cancelled."""
    found = asyncio.run(_status(make_client(server, api_key), request_id))
    if is_json:
        print_json(_answer(found))
    else:
        _print(found)
    return ExitCode.FAILED if found.overall_status is OverallStatus.FAILED else ExitCode.OK


def watch(
    request_ids: RequestIds, *, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None
) -> int:
    """Follow jobs to their end. Exit code 0 if all succeeded."""
    client = make_client(server, api_key)
    try:
        with LiveView(make_console(), is_silent=is_json) as view:
            return asyncio.run(_watch(client, request_ids, view, is_json=is_json))
    except KeyboardInterrupt:
        tell(f"the jobs go on; watch them with `octavo watch {' '.join(request_ids)}`")
        return ExitCode.INTERRUPTED


async def _status(client: Client, request_id: str) -> JobStatus:
    async with client:
        return await client.process_status(request_id)


async def _watch(client: Client, request_ids: Sequence[str], view: LiveView, *, is_json: bool) -> ExitCode:
    rows = {request_id: view.add(request_id) for request_id in request_ids}
    succeeded = set()
    async with client, aclosing(client.watch(*request_ids)) as statuses:
        async for found in statuses:
            row = rows[found.request_id]
            view.update(row, found)
            if found.state.is_final:
                view.finish(row)
            if found.state is JobState.SUCCEEDED:
                succeeded.add(found.request_id)
            if is_json:
                print_json(_answer(found))
    return ExitCode.OK if succeeded == set(rows) else ExitCode.FAILED


def _answer(found: JobStatus) -> Answer:
    return {
        **answers.process_status(found),
        "state": found.state.value,
        "warnings": list(found.warnings),
        "document": answers.document(found.document),
    }


def _print(found: JobStatus) -> None:
    console = make_console()
    print_line(console, found.request_id, found.state.value, failure_text(found))
    for module in found.modules:
        notes = [progress_text(module.progress), module.error]
        print_line(console, f"  {module.key}", module.state.value, "; ".join(note for note in notes if note))
    if found.document:
        print_document(console, found.document)
    print_warnings(console, found.warnings)
