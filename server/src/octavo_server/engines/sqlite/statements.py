"""The statements of the *.sql files by name. SQL stays SQL: read it there."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

FILLED_MAX = 256
"""Statements that differ by what listings demand."""

_FILES = ("queries.sql", "keywords.sql", "listings.sql")
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def _load() -> Mapping[str, str]:
    statements: dict[str, str] = {}
    for name in _FILES:
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        # What stands before the first name is the file's own comment; then names and statements take turns.
        parts = _NAME.split(text)[1:]
        statements |= zip(parts[::2], map(str.strip, parts[1::2]), strict=True)
    return MappingProxyType(statements)


SQL = _load()


@cache
def with_rows(name: str, *, columns: int, rows: int) -> str:
    """The statement with placeholders for so many rows. Few different counts: each stays prepared."""
    row = f"({', '.join('?' * columns)})"
    return SQL[name].replace("{rows}", ", ".join([row] * rows))


@lru_cache(maxsize=FILLED_MAX)
def filled(name: str, **pieces: str) -> str:
    """The statement with pieces of SQL in the place of `{...}`. Never a caller's text."""
    return SQL[name].format(**pieces)
