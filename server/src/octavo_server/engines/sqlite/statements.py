"""The statements of queries.sql by name. SQL stays SQL: read it there."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def _load() -> Mapping[str, str]:
    text = files(__package__).joinpath("queries.sql").read_text(encoding="utf-8")
    # What stands before the first name is the file's own comment; then names and statements take turns.
    parts = _NAME.split(text)[1:]
    return MappingProxyType(dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True)))


SQL = _load()


@cache
def with_rows(name: str, *, columns: int, rows: int) -> str:
    """The statement with placeholders for so many rows. Few different counts: each stays prepared."""
    row = f"({', '.join('?' * columns)})"
    return SQL[name].replace("{rows}", ", ".join([row] * rows))
