"""The command line: how it is run."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from octavo.cli.catalog import Group, help_if_alone, new_typer
from octavo.cli.failures import ExitCode, tell

HELP = "Submit documents to an Octavo server, watch what happens to them, fetch the text."
EXIT_CODES = (
    "Exit codes: 0 ok, 1 a job or the server failed, 2 bad input or refused, 3 no server, 130 interrupted, "
    "141 whoever read the output left (as `head` does)."
)

app = new_typer("octavo", help=HELP, epilog=EXIT_CODES, cls=Group)

# The class of all usage errors has no public name in every version that we support; its subclass has.
_USAGE_ERRORS: tuple[type[BaseException], ...] = typer.BadParameter.__mro__[:3]


@app.callback(invoke_without_command=True, help=HELP)
def options(
    context: typer.Context,
    *,
    is_version_asked: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> int:
    """Submit documents to an Octavo server, watch what happens to them, fetch the text."""
    if is_version_asked:
        typer.echo(f"octavo {version('octavo')}")
        raise typer.Exit(ExitCode.OK)
    return help_if_alone(context)


def run() -> int:
    """Run the command that the arguments name; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A character that the locale does not have must not end a listing in the middle.
            stream.reconfigure(errors="replace")
    try:
        return int(app(prog_name="octavo", standalone_mode=False))
    except SystemExit as end:
        # Typer ends the process itself, as a failure, when nobody reads the output any more.
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        raise
    except _USAGE_ERRORS as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "octavo")
        tell(f"{error.format_message()}\nTry `{command} --help`.")  # type: ignore[attr-defined] # Usage errors have it.
        return ExitCode.BAD_INPUT
