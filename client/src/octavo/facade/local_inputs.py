"""What can be said of a local file before it is sent: does the chain take such files, does its JSON have the key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from octavo.facade.formats import hosted_format
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from octavo.catalog import ModuleInfo

FIELD = "local_file_path"
JSON_BYTES_MAX = 64 * 1024 * 1024
"""What is larger is not looked into: no server takes so much."""


def check(path: Path, first: ModuleInfo, modules: Mapping[str, ModuleInfo], *, extension: str = "") -> None:
    """Raises InvalidArgumentError. How large a file may be is the server's business.

    `extension`: what tells its type, in lower case; default: its own.
    """
    extension = extension or path.suffix.lower()
    if extension not in first.extensions:
        if not any(extension in module.extensions for module in modules.values()):
            raise refused(FIELD, f"invalid file extension: {extension!r}; it must be one of {_listed(first)}")
        wanted = hosted_format(first.input_format)
        raise refused(
            FIELD,
            f"file extension {extension!r} does not match the expected input format {wanted}: {first.name} takes "
            f"{_listed(first)}",
        )
    if path.stat().st_size == 0:
        raise refused(FIELD, f"input file size is 0 bytes: {str(path)!r} is empty")
    if first.input_key and path.stat().st_size <= JSON_BYTES_MAX:
        _check_json(path, first.input_key)


def _check_json(path: Path, key: str) -> None:
    items = _loaded(path)
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise refused(FIELD, "FAILURE: input data must be a list of dictionaries, with at least one")
    if key not in items[0]:
        raise refused(FIELD, f"FAILURE: required process_key {key} not found in data")
    for index, item in enumerate(items):
        if not isinstance(item.get(key), str):
            raise wrong_type(FIELD, f"FAILURE: item {index} of the data must have a string under {key!r}")


def _loaded(path: Path) -> Any:
    try:
        # As the server reads it: UTF-8, maybe with a byte order mark, and numbers are never looked at.
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_int=_number, parse_float=_number)
    except UnicodeDecodeError as error:
        raise refused(FIELD, f"FAILURE: loading json file: byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise refused(FIELD, "FAILURE: loading json file: lists or objects are nested too deeply") from None
    except ValueError as error:
        raise refused(FIELD, f"FAILURE: loading json file: {error}") from None


def _number(_digits: str) -> None:
    """Any number."""


def _listed(module: ModuleInfo) -> str:
    return " ".join(module.extensions)
