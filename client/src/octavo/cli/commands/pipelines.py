"""`octavo pipelines`."""

from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Server
from octavo.cli.pipeline_rows import PIPELINE_COLUMNS, pipeline_row
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import print_table

EXAMPLES = """  octavo pipelines
  octavo pipelines --json | jq -r .name"""


def command(*, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None) -> int:
    """List your pipelines: their names and modules.

    Off a terminal: a line a pipeline, with tabs between name, modules (with commas), time it was made.
    """
    found = ask(server, api_key, lambda client: client.list_pipelines())
    if not found:
        tell("there are no pipelines yet: `octavo process FILE` or `octavo pipeline create` makes one")
    elif is_json:
        for info in found:
            print_json(record(info))
    else:
        console = make_console()
        print_table(console, PIPELINE_COLUMNS, (pipeline_row(console, info) for info in found))
    return ExitCode.OK
