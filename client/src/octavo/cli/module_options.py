"""Models and params on the command line: for the first module, or for the one that is named before a colon."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from octavo.cli.failures import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ModuleOptions = dict[str, dict[str, Any]]
"""By module key: `{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`."""


def module_options(models: Iterable[str], params: Iterable[str], *, first_module: str) -> Mapping[str, dict[str, Any]]:
    """What `[KEY:]MODEL` and `[KEY:]NAME=VALUE` ask for. Raises BadInputError."""
    options: ModuleOptions = {}
    for text in models:
        key, model = _split(text, first_module)
        if not model or "model" in options.get(key, {}):
            raise BadInputError(f"--model {text}: must be MODEL or KEY:MODEL, once for a module")
        options.setdefault(key, {})["model"] = model
    for text in params:
        before, equals, value = text.partition("=")
        key, name = _split(before, first_module)
        if not equals or not name:
            raise BadInputError(
                f"--param {text}: must be NAME=VALUE or KEY:NAME=VALUE, e.g. chunk_size=10 or parser:chunk_size=10"
            )
        options.setdefault(key, {}).setdefault("params", {})[name] = _value(value)
    return options


def _split(text: str, first_module: str) -> tuple[str, str]:
    key, colon, rest = text.partition(":")
    return (key, rest) if colon else (first_module, text)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        # Not JSON: a text without quotes.
        return text
