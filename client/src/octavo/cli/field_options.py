"""What the command line calls the fields of a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from octavo.errors import InvalidArgumentError

TERM_OPTIONS = {
    "file_ids": "--id",
    "file_names": "--name",
    "symbolic_directory_paths": "--dir",
    "symbolic_file_paths": "--path",
    "file_tags": "--tag",
}
"""The options that say which files, by the field of a query."""
OPTIONS = {
    **TERM_OPTIONS,
    "create_time_start": "--since",
    "create_time_end": "--until",
    "update_time_start": "--updated-since",
    "update_time_end": "--updated-until",
    "query": "the search",
    "files": "the search",
    "file_name": "--name",
    "symbolic_directory_path": "--dir",
    "symbolic_file_path": "--path",
    "file_description": "--description",
    "expire_after": "--expire",
    "expire_time": "--expire",
    "priority": "--priority",
    "states": "--state",
    "module": "--module",
    "module_chain": "MODULE",
    "name": "NAME",
    "pipeline": "PIPELINE",
    "request_id": "REQUEST_ID",
    "request_ids": "REQUEST_ID",
    "file_id": "FILE_ID",
    "address": "--server",
    "api_key": "--api-key",
    # The file itself: whoever tells of it has named it.
    "content": "",
    "chunk": "",
}
# Compiled when first needed: nearly every run has nothing to translate.
_ITEM = r"(?:(?:query|files)\.)?(?P<name>\w+)(?:\[(?P<index>\d+)\])?(?:\.\w+)?"
_MODULE = r"modules\.(?P<key>[^.]+)(?:\.(?P<what>model|params)(?:\.(?P<name>.+))?)?"


def named_as_typed(error: InvalidArgumentError) -> str:
    """The error's sentence, with the option where it begins with the field."""
    said, field = str(error), error.field
    if not field or not said.startswith(f"{field}: "):
        return said
    option = _option(field)
    rule = said.removeprefix(f"{field}: ")
    return f"{option}: {rule}" if option else rule


def _option(field: str) -> str:
    """How it is typed; the field itself where it can't be."""
    if found := re.fullmatch(_MODULE, field):
        return _module_option(found)
    found = re.fullmatch(_ITEM, field)
    option = OPTIONS.get(found["name"]) if found else None
    if found is None or option is None:
        return field
    # Of several, the first needs no number where there is only one.
    return f"{option} no. {int(found['index']) + 1}" if int(found["index"] or 0) else option


def _module_option(found: re.Match[str]) -> str:
    key, name = found["key"], found["name"]
    if found["what"] is None:
        return f"module {key}"
    if found["what"] == "model":
        return f"--model {key}"
    return f"--param {key}:{name}" if name else f"--param {key}"
