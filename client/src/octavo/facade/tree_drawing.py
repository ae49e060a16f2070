"""Draws paths as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = "/"
BRANCH, LAST_BRANCH = "├── ", "└── "
TRUNK, GAP = "│   ", "    "

_Node = dict[str, "_Node"]


def draw(paths: Sequence[str]) -> str:
    """The root and a line for each file and directory, in the order of their first appearance in `paths`.

    A name without a dot is taken for a directory and gets a `/`.
    """
    tree: _Node = {}
    for path in paths:
        node = tree
        for part in path.strip("/").split("/"):
            node = node.setdefault(part, {})
    return "\n".join([ROOT, *_lines(tree, "")])


def _lines(node: _Node, prefix: str) -> Iterator[str]:
    for index, (name, below) in enumerate(node.items(), start=1):
        is_last = index == len(node)
        yield f"{prefix}{LAST_BRANCH if is_last else BRANCH}{name if '.' in name else f'/{name}'}"
        yield from _lines(below, prefix + (GAP if is_last else TRUNK))
