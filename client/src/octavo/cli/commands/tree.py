"""`octavo tree`."""

from typing import Annotated

import typer

from octavo.cli.connecting import ask
from octavo.cli.failures import BadInputError, ExitCode, sentence_of, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, CountMax, Pipeline, Server, States
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.trees import drawn
from octavo.errors import InvalidArgumentError

EXAMPLES = """  octavo tree my-pipeline
  octavo tree my-pipeline '/reports/*'
  octavo tree my-pipeline --state failed"""


def command(
    pipeline: Pipeline,
    directory: Annotated[
        str,
        typer.Argument(
            metavar="DIR", help="Which directories: /a/b is that one alone, /a/b/* what is below it, /* everything."
        ),
    ] = "/*",
    *,
    states: States = None,
    count_max: CountMax = 10_000,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Draw the directories and files of a pipeline.

    A file whose job has not succeeded has the job's state behind its name. Quote a DIR with a *: the shell would
    expand it.
    """
    try:
        found = ask(
            server,
            api_key,
            lambda client: client.show_tree(pipeline, directory, states=states or (), files_max=count_max + 1),
        )
    except InvalidArgumentError as error:
        # The only command where it is an argument.
        raise BadInputError(sentence_of(error).replace("--dir: ", "DIR: ", 1)) from None
    files = found[:count_max]
    if is_json:
        for file in files:
            print_json(record(file))
    elif files:
        console = make_console()
        for line in drawn(files):
            console.print(line)
    if len(found) > count_max:
        tell(f"there are more than {count_max} files: see more with --max")
    if not files:
        tell("no files found")
    return ExitCode.OK
