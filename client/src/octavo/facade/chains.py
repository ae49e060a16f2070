"""The rules of a pipeline's name and chain, in the hosted product's words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from octavo.facade.formats import hosted_format
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo.catalog import ModuleInfo

NAME_CHARS_MAX = 64
NAME_CHARS_FIRST_CHECK = 128
"""The hosted product checks twice, with a text for each."""
MODULES_MAX = 10


def valid_name(name: object) -> str:
    """1-64 printable characters. Raises InvalidTypeError, InvalidArgumentError."""
    if not isinstance(name, str):
        raise wrong_type("name", "name must be a string")
    if not 0 < len(name) < NAME_CHARS_FIRST_CHECK:
        raise refused("name", f"pipeline name must have length greater than 0 and less than {NAME_CHARS_FIRST_CHECK}")
    if len(name) > NAME_CHARS_MAX:
        raise refused(
            "name",
            f"FAILURE: your name - {name} - must be greater than 0 and less than {NAME_CHARS_MAX + 1} characters",
        )
    if not name.isprintable() or name.isspace():
        raise refused("name", "name: must be printable characters, not only spaces")
    return name


def valid_chain(module_chain: object, modules: Mapping[str, ModuleInfo]) -> tuple[str, ...]:
    """1-10 of `modules` that fit together. Raises InvalidTypeError, InvalidArgumentError."""
    names = _names(module_chain)
    for name in names:
        if name not in modules:
            raise refused("module_chain", f"module_chain item - {name} - is not one of {sorted(modules)}")
    for left, right in pairwise(names):
        if right not in modules[left].next_modules:
            raise _mismatch(modules[left], modules[right])
    return names


def _names(module_chain: object) -> tuple[str, ...]:
    if not isinstance(module_chain, list | tuple) or not all(isinstance(name, str) for name in module_chain):
        raise wrong_type("module_chain", 'module_chain must be a list of strings, e.g. ["parser"]')
    if not module_chain:
        raise refused("module_chain", "module_chain is empty; it must have 1-10 modules")
    if len(module_chain) > MODULES_MAX:
        raise refused("module_chain", f"pipelines cannot currently have more than {MODULES_MAX} modules")
    return tuple(module_chain)


def _mismatch(left: ModuleInfo, right: ModuleInfo) -> Exception:
    made, wanted = hosted_format(left.output_format), hosted_format(right.input_format)
    fits = ", ".join(left.next_modules) or "nothing"
    return wrong_type(
        "module_chain",
        f"format type mismatch between {left.name} - whose output format is {made} - and {right.name} - whose input "
        f"format is {wanted}; after {left.name} fits {fits}",
    )
