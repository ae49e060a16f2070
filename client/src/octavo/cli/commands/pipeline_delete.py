"""`octavo pipeline delete`."""

from typing import Annotated

import typer

from octavo.cli.asking import is_confirmed, must_be_sure
from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, IsSure, Pipeline, Server
from octavo.cli.printing import make_console, print_json, print_line

EXAMPLES = """  octavo pipeline delete my-pipeline
  octavo pipeline delete my-pipeline --force --yes"""


def command(
    pipeline: Pipeline,
    *,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Delete its files, too; jobs that run are stopped.")
    ] = False,
    is_sure: IsSure = False,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Delete a pipeline.

    One that holds files is only deleted with --force. Asks on a terminal; exit code 1 if you say no.
    """
    if not is_sure:
        must_be_sure("deleting a pipeline")
        ask(server, api_key, lambda client: client.get_pipeline(pipeline))
        what = f"pipeline {pipeline} with all its files" if is_forced else f"pipeline {pipeline}"
        if not is_confirmed(f"Delete {what}?"):
            tell("nothing was deleted")
            return ExitCode.FAILED
    count = ask(server, api_key, lambda client: client.delete_pipeline(pipeline, force=is_forced))
    if is_json:
        print_json({"name": pipeline, "deleted_file_count": count})
    else:
        print_line(make_console(), pipeline, "deleted", f"{count} files deleted" if count else "")
    return ExitCode.OK
