"""Which commands there are. Their files are imported when they are needed: `octavo --help` must stay quick."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from octavo.cli.failures import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Sections = dict[str, dict[str, str]]
"""A heading of the help, then command and summary; a summary is the first line of the command's own help."""

SECTIONS: Sections = {
    "Jobs": {
        "process": "Submit documents, show live what happens to them, save what comes out.",
        "status": "Print where a job is.",
        "watch": "Follow jobs to their end, or a pipeline for as long as you like.",
        "jobs": "List jobs, newest first; the failed ones with the reason.",
        "cancel": "Ask jobs to stop.",
        "retry": "Run jobs again that failed or were cancelled.",
    },
    "Outputs": {
        "fetch": "Fetch what a module made.",
        "snippets": "Print the snippets of a job, with their lines.",
        "search": "Find words in the files of a pipeline that ends with `keyword-db`.",
    },
    "Files": {
        "list": "List the files of a pipeline, newest first.",
        "tree": "Draw the directories and files of a pipeline.",
        "update": "Change a file's name, place, tags, description or time of expiry.",
        "delete": "Delete files with their outputs and records.",
    },
    "Pipelines": {
        "pipelines": "List your pipelines: their names and modules.",
        "pipeline": "Make, empty and delete pipelines.",
        "modules": "List the modules that pipelines are made of.",
    },
}
PIPELINE_SECTIONS: Sections = {
    "Commands": {
        "create": "Make a pipeline of one or more modules.",
        "reset": "Delete everything that a pipeline holds; the pipeline itself stays.",
        "delete": "Delete a pipeline.",
    }
}
GROUPS: Mapping[str, Sections] = {"pipeline": PIPELINE_SECTIONS}


def new_typer(name: str, **settings: Any) -> typer.Typer:
    """Help and errors are plain text: they are read in logs and pipes too, and load faster."""
    return typer.Typer(name=name, rich_markup_mode=None, pretty_exceptions_enable=False, **settings)


class Commands(MutableMapping[str, Any]):
    """Commands by name; one is imported when it is first asked for."""

    def __init__(self, sections: Sections, package: str) -> None:
        self._package = package
        self._loaded: dict[str, Any] = dict.fromkeys(name for section in sections.values() for name in section)

    def __getitem__(self, name: str) -> Any:
        if self._loaded[name] is None:
            self._loaded[name] = _load_group(name) if name in GROUPS else self._load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

    def _load(self, name: str) -> Any:
        module = import_module(f"{self._package}{name}")
        alone = new_typer(name, add_completion=False)
        alone.command(name, epilog=f"\b\nExamples:\n{module.EXAMPLES}")(module.command)
        return get_command(alone)


class Group(TyperGroup):
    """A group whose help needs no command's file."""

    sections: Sections = SECTIONS
    package = "octavo.cli.commands."

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Commands(self.sections, self.package)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 # The caller says what it gets.
        """A list a section."""
        widest = max(len(name) for section in self.sections.values() for name in section)
        for heading, summaries in self.sections.items():
            with formatter.section(heading):
                # Padded, so that the summaries of all sections begin in one column.
                formatter.write_dl([(f"{name:<{widest}}", summary) for name, summary in summaries.items()])


class PipelineGroup(Group):
    """`octavo pipeline`."""

    sections = PIPELINE_SECTIONS
    package = "octavo.cli.commands.pipeline_"


def _load_group(name: str) -> Any:
    group = new_typer(name, add_completion=False, cls=PipelineGroup)
    group.callback(help=SECTIONS["Pipelines"][name], invoke_without_command=True)(help_if_alone)
    return get_command(group)


def help_if_alone(context: typer.Context) -> int:
    """A group without a command can only tell what there is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.BAD_INPUT)
    return ExitCode.OK
