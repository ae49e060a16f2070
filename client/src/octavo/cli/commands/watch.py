"""`octavo watch`."""

from typing import Annotated

import typer

from octavo.cli.failures import BadInputError
from octavo.cli.following import follow, follow_pipeline
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, PipelineOption, Server

EXAMPLES = """  octavo watch 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b
  octavo watch --pipeline my-pipeline
  octavo watch --pipeline my-pipeline --json | jq -c '[.request_id, .state]'"""


def command(
    request_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="REQUEST_ID", help="The ids that `process` and `jobs` print.", show_default=False),
    ] = None,
    *,
    pipeline: PipelineOption = "",
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Follow jobs to their end, or a pipeline for as long as you like.

    With ids: exit code 0 if all succeeded. With --pipeline: every job of it that has not ended, then whatever happens
    to any, until you interrupt (Ctrl-C, exit code 130). Off a terminal: a line a change of state; with --json: every
    status. A job that expires or is deleted is `removed`.
    """
    if bool(request_ids) == bool(pipeline):
        raise BadInputError("give the ids of jobs, or --pipeline NAME")
    if pipeline:
        return follow_pipeline(server, api_key, pipeline, is_json=is_json)
    return follow(server, api_key, request_ids or (), is_json=is_json)
