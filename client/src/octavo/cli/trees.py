"""Draws files as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from octavo.cli.printing import STYLE_OF
from octavo.cli.tables import CONTROLS
from octavo.statuses import JobState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from octavo.files import TreeFile

BRANCH, LAST_BRANCH = "├── ", "└── "
TRUNK, GAP = "│   ", "    "
DIRECTORY_STYLE = "bold blue"
LINE_STYLE = "dim"

_Node = dict[str, "_Node | TreeFile"]


def drawn(files: Sequence[TreeFile]) -> Iterator[Text]:
    """`/`, then a line for each directory and file; a file that has not succeeded says its state behind its name."""
    tree: _Node = {}
    for file in files:
        *directories, name = file.symbolic_file_path.strip("/").split("/")
        node = tree
        for directory in directories:
            # A directory and a file may have one name.
            below = node.setdefault(f"/{directory}", {})
            assert isinstance(below, dict)
            node = below
        node[name] = file
    yield Text("/", style=DIRECTORY_STYLE)
    yield from _lines(tree, "")


def _lines(node: _Node, prefix: str) -> Iterator[Text]:
    for index, (name, below) in enumerate(node.items(), start=1):
        is_last = index == len(node)
        line = Text.assemble((f"{prefix}{LAST_BRANCH if is_last else BRANCH}", LINE_STYLE))
        shown = name.translate(CONTROLS)
        if isinstance(below, dict):
            yield line.append(shown, style=DIRECTORY_STYLE)
            yield from _lines(below, prefix + (GAP if is_last else TRUNK))
        elif below.state is JobState.SUCCEEDED:
            yield line.append(shown)
        else:
            yield line.append(shown).append("  ").append(below.state.value, style=STYLE_OF[below.state])
