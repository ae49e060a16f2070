"""`octavo pipeline create`."""

from typing import Annotated

import typer

from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Server
from octavo.cli.pipeline_rows import PIPELINE_COLUMNS, pipeline_row
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import print_table

EXAMPLES = """  octavo pipeline create my-pipeline parser
  octavo pipeline create my-words parser json-to-txt keyword-db"""


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="1 to 64 characters.", show_default=False)],
    modules: Annotated[
        list[str],
        typer.Argument(metavar="MODULE", help="In the order they run; `octavo modules` says what fits."),
    ],
    *,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Make a pipeline of one or more modules.

    The same name and modules again change nothing. A pipeline that holds no files takes new modules.
    """
    info = ask(server, api_key, lambda client: client.create_pipeline(name, modules))
    if is_json:
        print_json(record(info))
    else:
        console = make_console()
        print_table(console, PIPELINE_COLUMNS, [pipeline_row(console, info)])
    return ExitCode.OK
