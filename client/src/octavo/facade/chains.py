"""The rules of a pipeline's name and chain, in the hosted product's words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from octavo.facade.formats import hosted_format
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo.catalog import ModuleInfo
    from octavo.errors import InvalidArgumentError

NAME_CHARS_MAX = 64
MODULES_MAX = 10
MODULES_OF_MODELS = (
    "caption",
    "ocr",
    "sentiment",
    "summarize",
    "text-embedder",
    "transcribe",
    "translate",
    "vector-db",
)
"""What the hosted product has and Octavo has not."""


def valid_name(name: object) -> str:
    """1-64 printable characters. Raises InvalidTypeError, InvalidArgumentError."""
    if not isinstance(name, str):
        raise wrong_type("name", "name must be a string")
    if not 0 < len(name) <= NAME_CHARS_MAX:
        raise refused(
            "name",
            f"pipeline name must have length greater than 0 and less than {NAME_CHARS_MAX + 1}; it has {len(name)}",
        )
    if not name.isprintable() or name.isspace():
        raise refused("name", "name: must be printable characters, not only spaces")
    return name


def valid_chain(module_chain: object, modules: Mapping[str, ModuleInfo]) -> tuple[str, ...]:
    """1-10 of `modules` that fit together. Raises InvalidTypeError, InvalidArgumentError."""
    names = _names(module_chain)
    for name in names:
        if name not in modules:
            raise unknown_module(name, modules)
    for left, right in pairwise(names):
        if right not in modules[left].next_modules:
            raise _mismatch(modules[left], modules[right])
    return names


def unknown_module(name: str, modules: Mapping[str, ModuleInfo]) -> InvalidArgumentError:
    """What is raised for a module that is none of `modules`."""
    why = "; Octavo runs no models, and has no such module" if name in MODULES_OF_MODELS else ""
    return refused("module_chain", f"module_chain item - {name} - is not one of {sorted(modules)}{why}")


def _names(module_chain: object) -> tuple[str, ...]:
    if not isinstance(module_chain, list | tuple) or not all(isinstance(name, str) for name in module_chain):
        raise wrong_type("module_chain", 'module_chain must be a list of strings, e.g. ["parser"]')
    if not module_chain:
        raise refused("module_chain", "module_chain is empty; it must have 1-10 modules")
    if len(module_chain) > MODULES_MAX:
        raise refused("module_chain", f"pipelines cannot currently have more than {MODULES_MAX} modules")
    return tuple(module_chain)


def _mismatch(left: ModuleInfo, right: ModuleInfo) -> Exception:
    fits = ", ".join(left.next_modules) or "nothing"
    made, wanted = hosted_format(left.output_format), hosted_format(right.input_format)
    if made == wanted and left.output_key != right.input_key:
        return wrong_type(
            "module_chain",
            f"process key type mismatch between {left.name} - whose output process key is {left.output_key} - and "
            f"{right.name} - whose input process key is {right.input_key}; after {left.name} fits {fits}",
        )
    return wrong_type(
        "module_chain",
        f"format type mismatch between {left.name} - whose output format is {made} - and {right.name} - whose input "
        f"format is {wanted}; after {left.name} fits {fits}",
    )
