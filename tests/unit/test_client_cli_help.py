"""The help of every command, and what a shell completes."""

import inspect
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from octavo.cli.catalog import PIPELINE_SECTIONS, SECTIONS
from tests.servers import clean_environment

SUMMARIES = {name: text for section in SECTIONS.values() for name, text in section.items()}
SUBCOMMANDS = {f"pipeline {name}": text for name, text in PIPELINE_SECTIONS["Commands"].items()}
FILES = {name: text for name, text in {**SUMMARIES, **SUBCOMMANDS}.items() if name != "pipeline"}


def octavo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "octavo.cli", *arguments],
        env={**clean_environment(), "COLUMNS": "120", "OCTAVO_SERVER": "127.0.0.1:1", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def completed(line: str) -> list[str]:
    """What bash offers after `line`."""
    words = line.split(" ")
    done = octavo(_OCTAVO_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_summary_of_a_command_is_the_first_line_of_its_help(name: str) -> None:
    module = import_module(f"octavo.cli.commands.{name.replace(' ', '_')}")

    assert (inspect.getdoc(module.command) or "").splitlines()[0] == FILES[name]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_command_shows_examples_of_itself(name: str) -> None:
    module = import_module(f"octavo.cli.commands.{name.replace(' ', '_')}")

    lines = module.EXAMPLES.splitlines()
    assert all(f"octavo {name}" in line or f"xargs octavo {name}" in line or "octavo jobs" in line for line in lines)
    assert all(line.startswith("  octavo ") for line in lines)


def test_the_files_of_commands_are_those_that_are_named() -> None:
    folder = Path(import_module("octavo.cli.commands").__file__ or "").parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert files == {name.replace(" ", "_") for name in FILES}


def test_the_help_names_every_command() -> None:
    told = octavo("--help").stdout
    assert all(f"  {name} " in told for name in SUMMARIES)


def test_a_command_shows_its_examples_line_by_line() -> None:
    told = octavo("list", "--help").stdout
    assert "\n    octavo list my-pipeline | cut -f 2\n" in told


def test_a_group_without_a_command_shows_its_help() -> None:
    done = octavo("pipeline")
    assert done.returncode == 2
    assert "create" in done.stdout


def test_a_mistyped_command_is_told_with_a_near_one() -> None:
    done = octavo("lits")
    assert done.returncode == 2
    assert "Did you mean 'list'?" in done.stderr


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("octavo li", ["list"]),
        ("octavo pipeline", ["pipelines", "pipeline"]),
        ("octavo pipeline re", ["reset"]),
        ("octavo list --upd", ["--updated-since", "--updated-until"]),
        ("octavo jobs --state can", ["cancelling", "cancelled"]),
        ("octavo process --priority h", ["high"]),
        # No server: nothing, and not a word.
        ("octavo list ", []),
    ],
)
def test_bash_completes_commands_options_and_values(line: str, offered: list[str]) -> None:
    assert completed(line) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_complete_too(shell: str) -> None:
    done = octavo(
        _OCTAVO_COMPLETE=f"complete_{shell}",
        _TYPER_COMPLETE_ARGS="octavo tre",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    assert done.returncode == 0
    assert "tree" in done.stdout
    assert "Draw the directories" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_calls_octavo(shell: str) -> None:
    done = octavo(_OCTAVO_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert f"_OCTAVO_COMPLETE=complete_{shell}" in done.stdout


def test_bash_completes_with_the_script_it_is_given(tmp_path: Path) -> None:
    script = """
        source <(octavo --show-completion)
        COMP_WORDS=(octavo tre); COMP_CWORD=1
        _octavo_completion octavo
        echo "offered: ${COMPREPLY[*]}"
    """
    folder = Path(sys.executable).parent
    environment = {**clean_environment(), "HOME": str(tmp_path), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    # The shell is found by its name among the parents of the command.
    (tmp_path / "script.sh").write_text(script)
    done = subprocess.run(
        ["bash", "--norc", str(tmp_path / "script.sh")],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == "offered: tree\n", done.stderr
