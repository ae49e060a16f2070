"""The command line: which commands there are, and how it is run."""

from importlib.metadata import version
from typing import Annotated

import typer

from octavo.cli import fetching, following, listing, processing
from octavo.cli.failures import ExitCode, tell

app = typer.Typer(
    name="octavo",
    help="Submit documents to an Octavo server, watch what happens to them, fetch the text.",
    add_completion=False,
    # Help and errors are plain text: they are read in logs and pipes too, and load faster.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("process")(processing.process)
app.command("status")(following.status)
app.command("watch")(following.watch)
app.command("fetch")(fetching.fetch)
app.command("pipelines")(listing.pipelines)

# The class of all usage errors has no public name in every version that we support; its subclass has.
_USAGE_ERRORS: tuple[type[BaseException], ...] = typer.BadParameter.__mro__[:3]


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    *,
    is_version_asked: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> int:
    """Submit documents to an Octavo server, watch what happens to them, fetch the text."""
    if is_version_asked:
        typer.echo(f"octavo {version('octavo')}")
        raise typer.Exit(ExitCode.OK)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.BAD_INPUT)
    return ExitCode.OK


def run() -> int:
    """Run the command that the arguments name; returns its exit code."""
    try:
        return int(app(prog_name="octavo", standalone_mode=False))
    except _USAGE_ERRORS as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "octavo")
        tell(f"{error.format_message()}\nTry `{command} --help`.")  # type: ignore[attr-defined] # Usage errors have it.
        return ExitCode.BAD_INPUT
