"""The page of the commands `octavo` and `octavo-server`, from the parsers that read their arguments."""

import argparse
import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from docsite.markdown import anchored, code, heading, prose, table
from octavo.cli.app import app
from octavo.cli.failures import ExitCode
from octavo_server.__main__ import _parser

_INTRODUCTION = """# Commands

`octavo` speaks with a server, from the shell and from scripts; `octavo-server` runs one.
"""
_HEAD = ("argument or option", "default", "variable", "meaning")


def cli_page() -> str:
    """Each command with its arguments, options and variables, then the exit codes."""
    group: Any = typer.main.get_command(app)
    parts = [_INTRODUCTION, f"\n## octavo\n\n{prose(group.help)}\n", _typer_params(group, "octavo")]
    for name, command in _commands(group, "octavo"):
        anchor = name.replace(" ", "-")
        parts += [heading(3, name, anchor), f"{prose(inspect.cleandoc(command.help or ''))}\n"]
        parts.append(_typer_params(command, anchor))
    parts += ["\n### Exit codes\n", _exit_codes(), "\n## octavo-server\n"]
    return "\n".join([*parts, *_server()])


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """All commands below a group, with all their words."""
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def _typer_params(command: Any, anchor: str) -> str:
    return table(_HEAD, (_typer_row(param, anchor) for param in command.params if not getattr(param, "hidden", False)))


def _typer_row(param: Any, anchor: str) -> tuple[str, ...]:
    if param.param_type_name == "argument":
        names = code(param.metavar or param.name.upper())
    else:
        value = "" if param.is_flag else f" {param.metavar or 'VALUE'}"
        names = ", ".join(code(f"{option}{value}") for option in [*param.opts, *param.secondary_opts])
    is_told = param.show_default and not param.required and param.default not in (None, False, (), "")
    required = " *required*" if param.required else ""
    return (
        anchored(f"{anchor}.{param.name}", names) + required,
        code(param.default) if is_told else "",
        code(param.envvar) if param.envvar else "",
        prose(param.help or ""),
    )


def _exit_codes() -> str:
    documented = inspect.getsource(ExitCode)
    return table(
        ("code", "name", "meaning"),
        ((str(int(one)), code(one.name), prose(_meaning(one, documented))) for one in ExitCode),
    )


def _meaning(one: ExitCode, source: str) -> str:
    """The docstring behind a member, which Python itself forgets."""
    following = source.partition(f"{one.name} = ")[2].partition("\n")[2].lstrip()
    return following.split('"""')[1] if following.startswith('"""') else "All went well." if one is ExitCode.OK else ""


def _server() -> list[str]:
    parser = _parser()
    parts = [f"{prose(parser.description or '')}\n"]
    commands = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001 # argparse tells nobody what it was told.
    for name, command in commands.choices.items():
        parts += [heading(3, f"octavo-server {name}", f"octavo-server-{name}"), f"{prose(command.description or '')}\n"]
        rows = (
            (
                anchored(f"octavo-server-{name}.{action.dest}", _argparse_names(action)),
                prose(action.help or ""),
            )
            for action in command._actions  # noqa: SLF001 # The same.
            if action.dest != "help"
        )
        parts += [
            table(("option", "meaning"), rows),
            "All [settings](../settings.md), those without an option included.",
        ]
    return parts


def _argparse_names(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return ", ".join(code(f"{option}{value}") for option in action.option_strings) or code(action.metavar)
