"""`octavo jobs`."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated

import typer

from octavo.cli.completion import complete_pipeline
from octavo.cli.connecting import ask
from octavo.cli.failures import BadInputError, ExitCode, tell
from octavo.cli.file_rows import time_text
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, CountMax, PipelineOption, Server, States
from octavo.cli.printing import failure_text, make_console, print_json
from octavo.cli.records import job_record
from octavo.cli.tables import WIDE, Column, print_table
from octavo.client import Client
from octavo.statuses import JobState, JobStatus

EXAMPLES = """  octavo jobs --state failed
  octavo jobs my-pipeline --state pending --state running
  octavo jobs --state failed | cut -f 1 | xargs octavo retry"""

COLUMNS = (
    Column(title="REQUEST ID", is_whole=True),
    Column(title="FILE ID", is_whole=True, is_plain_only=True),
    Column(title="PATH"),
    Column(title="PIPELINE", width_min=WIDE),
    Column(title="STATE", is_whole=True),
    Column(title="ACCEPTED, UTC", width_min=WIDE, is_whole=True),
    Column(title="WHY"),
)


def command(
    asked_pipeline: Annotated[
        str,
        typer.Argument(
            metavar="PIPELINE", help="Only jobs of this pipeline.", autocompletion=complete_pipeline, show_default=False
        ),
    ] = "",
    *,
    states: States = None,
    pipeline: PipelineOption = "",
    count_max: CountMax = 100,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """List jobs, newest first; the failed ones with the reason.

    Off a terminal: a line a job, with tabs between request id, file id, path, pipeline, state, time accepted,
    reason.
    """
    if asked_pipeline and pipeline:
        raise BadInputError("give PIPELINE or --pipeline, not both")
    found = ask(server, api_key, lambda client: _jobs(client, asked_pipeline or pipeline, states or (), count_max + 1))
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
                status.symbolic_file_path,
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
