"""The table of all settings, from the class that reads them."""

import argparse
from pathlib import Path

import griffe
from pydantic.fields import FieldInfo

from docsite.markdown import anchored, code, prose, table
from docsite.places import SERVER
from octavo_server.__main__ import _parser
from octavo_server.settings import PREFIX, Settings

_KIB = 1024
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def settings_table() -> str:
    """A row a setting: its variable, option, default, bounds and meaning."""
    source = SERVER / "settings.py"
    documented = griffe.visit("settings", source, source.read_text())[Settings.__name__].members
    options = _options()
    return table(
        ("variable", "option", "default", "allowed", "meaning"),
        (
            (
                anchored(variable(name), code(variable(name))),
                code(options[name]) if name in options else "",
                default_of(field),
                _bounds(field),
                prose(docstring.value if (docstring := documented[name].docstring) else ""),
            )
            for name, field in Settings.model_fields.items()
        ),
    )


def variable(name: str) -> str:
    """The setting's name in the environment."""
    return f"{PREFIX}{name.upper()}"


def default_of(field: FieldInfo) -> str:
    """The default in words."""
    value = field.default
    if field.default_factory:
        return "see meaning"
    match value:
        case None | "" | ():
            return "none"
        case bool():
            return "on" if value else "off"
        case int():
            return f"{value:,}{_in_words(value)}"
        case float():
            return f"{value:g}"
    return code(value.as_posix() if isinstance(value, Path) else value)


def _in_words(value: int) -> str:
    for unit, size in (("GiB", _KIB**3), ("MiB", _KIB**2)):
        if value and value % size == 0:
            return f" ({value // size} {unit})"
    return ""


def _bounds(field: FieldInfo) -> str:
    found = (
        f"{sign} {_number(getattr(rule, name))}"
        for rule in field.metadata
        for name, sign in _BOUNDS.items()
        if getattr(rule, name, None) is not None
    )
    return ", ".join(found)


def _number(value: float) -> str:
    return f"{value:,}{_in_words(value)}" if isinstance(value, int) else f"{value:g}"


def _options() -> dict[str, str]:
    """The option of each setting that has one."""
    commands = next(one for one in _parser()._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001 # argparse tells nobody what it was told.
    return {action.dest: action.option_strings[-1] for action in commands.choices["serve"]._actions}  # noqa: SLF001 # The same.
