"""`octavo jobs`."""

from collections.abc import Sequence
from contextlib import aclosing

from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.file_rows import time_text
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, CountMax, PipelineOption, Server, States
from octavo.cli.printing import failure_text, make_console, print_json
from octavo.cli.records import job_record
from octavo.cli.tables import WIDE, Column, print_table
from octavo.client import Client
from octavo.statuses import JobState, JobStatus

EXAMPLES = """  octavo jobs --state failed
  octavo jobs --state pending --state running --pipeline my-pipeline
  octavo jobs --state failed | cut -f 1 | xargs octavo retry"""

COLUMNS = (
    Column(title="REQUEST ID", is_whole=True),
    Column(title="FILE ID", is_whole=True, is_plain_only=True),
    Column(title="PIPELINE"),
    Column(title="STATE", is_whole=True),
    Column(title="ACCEPTED, UTC", width_min=WIDE, is_whole=True),
    Column(title="WHY"),
)


def command(
    *,
    states: States = None,
    pipeline: PipelineOption = "",
    count_max: CountMax = 100,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """List jobs, newest first; the failed ones with the reason.

    Off a terminal: a line a job, with tabs between request id, file id, pipeline, state, time accepted, reason.
    """
    found = ask(server, api_key, lambda client: _jobs(client, pipeline, states or (), count_max + 1))
    shown = found[:count_max]
    if is_json:
        for status in shown:
            print_json(job_record(status))
    elif shown:
        console = make_console()
        rows = (
            (
                status.request_id,
                status.file_id,
                status.pipeline,
                status.state.value,
                time_text(console, status.create_time),
                failure_text(status),
            )
            for status in shown
        )
        print_table(console, COLUMNS, rows)
    if len(found) > count_max:
        tell(f"there are more than {count_max} jobs: see more with --max")
    if not found:
        tell("no jobs found")
    return ExitCode.OK


async def _jobs(client: Client, pipeline: str, states: Sequence[JobState], count_max: int) -> list[JobStatus]:
    found: list[JobStatus] = []
    async with aclosing(client.processes(pipeline, states=states)) as statuses:
        async for status in statuses:
            found.append(status)
            if len(found) == count_max:
                break
    return found
