"""`octavo pipeline reset`."""

from octavo.cli.asking import is_confirmed, must_be_sure
from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, IsSure, Pipeline, Server
from octavo.cli.printing import make_console, print_json, print_line

EXAMPLES = """  octavo pipeline reset my-pipeline
  octavo pipeline reset my-pipeline --yes"""


def command(
    pipeline: Pipeline,
    *,
    is_sure: IsSure = False,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Delete everything that a pipeline holds; the pipeline itself stays.

    Jobs that run are stopped. Asks on a terminal; exit code 1 if you say no.
    """
    if not is_sure:
        must_be_sure("a reset")
        ask(server, api_key, lambda client: client.get_pipeline(pipeline))
        if not is_confirmed(f"Delete all files of pipeline {pipeline}, and everything made from them?"):
            tell("nothing was deleted")
            return ExitCode.FAILED
    count = ask(server, api_key, lambda client: client.reset_pipeline(pipeline))
    if is_json:
        print_json({"name": pipeline, "deleted_file_count": count})
    else:
        print_line(make_console(), pipeline, "reset", f"{count} files deleted")
    return ExitCode.OK
