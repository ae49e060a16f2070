"""The dicts that answer for files: their keys, in the order that scripts of the hosted product know."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from octavo.answers import OK, REFUSED
from octavo.facade.formats import extension_of
from octavo.facade.timestamps import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.answers import Answer
    from octavo.errors import OctavoError
    from octavo.files import File, FileQuery

NOTHING_FOUND = "No files were found for the given query arguments"
NO_SUCH_IDS = "No items found for input query arguments"
ZERO_RESULTS = "WARNING: the following arguments returned zero results"
IDS_NOT_FOUND = "WARNING: the following file_ids were not found"

_Told = dict[str, Any]


def call_id() -> str:
    """A fresh id: the hosted product's answers have one of their own in `request_id`."""
    return str(uuid.uuid4())


def listed(files: Sequence[File], unmatched: FileQuery) -> Answer:
    """What `list` answers."""
    plural = "item" if len(files) == 1 else "items"
    message = f"Successfully returned {len(files)} {plural}.  Note: all timestamps in UTC."
    if not files:
        message = NO_SUCH_IDS if unmatched.file_ids else NOTHING_FOUND
    return {
        "status_code": OK,
        "request_id": call_id(),
        "message": message,
        "warnings": missed(unmatched),
        "items": [item(file) for file in files],
    }


def tree(paths: Sequence[str]) -> Answer:
    """What `show_tree` answers."""
    plural = "item" if len(paths) == 1 else "items"
    return {
        "status_code": OK,
        "items": list(paths),
        "request_id": call_id(),
        "message": f"Successfully returned {len(paths)} {plural}." if paths else NOTHING_FOUND,
        "warnings": [],
    }


def changed(pipeline: str, message: str) -> Answer:
    """What `update` and `delete` answer."""
    return {"status_code": OK, "pipeline": pipeline, "request_id": call_id(), "message": message, "warnings": []}


def refusal(pipeline: str, error: OctavoError) -> Answer:
    """What `update` and `delete` answer where the server refused."""
    return {**changed(pipeline, str(error)), "status_code": REFUSED}


def item(file: File) -> Answer:
    """One file of a list."""
    return {
        "last_updated": shown(file.update_time),
        "process_id": file.request_id,
        "created_at": shown(file.create_time),
        "file_metadata": _metadata(file),
        "file_tags": tags(file),
        "file_description": file.file_description or "",
        "symbolic_directory_path": file.symbolic_directory_path,
        "pipeline": file.pipeline,
        "file_id": file.file_id,
        "expire_time": shown(file.expire_time),
        "file_name": file.file_name,
    }


def tags(file: File) -> list[dict[str, str]]:
    """One dict a tag."""
    return [{tag.key: tag.value} for tag in file.file_tags]


def _metadata(file: File) -> Answer:
    numbered = [(f"module_{number}", module) for number, module in enumerate(file.modules, start=1)]
    return {
        "modules": {place: {module.name: {"model": module.model}} for place, module in numbered},
        "modules_data": {
            place: {module.name: {"data_files_extensions": [extension_of(module.media_type)], **dict(module.facts)}}
            for place, module in numbered
        },
    }


def missed(unmatched: FileQuery) -> list[_Told]:
    """What was asked for and is not there."""
    exact = [{key: value} for key, value in unmatched.file_tags if value != "*"]
    keys = [key for key, value in unmatched.file_tags if value == "*"]
    missing = {
        "symbolic_directory_paths": list(unmatched.symbolic_directory_paths),
        "symbolic_file_paths": list(unmatched.symbolic_file_paths),
        "file_names": list(unmatched.file_names),
        "file_tags": exact,
        "file_tags_keys": keys,
    }
    zero_results = [{name: values} for name, values in missing.items() if values]
    warnings: list[_Told] = [{ZERO_RESULTS: zero_results}] if zero_results else []
    if unmatched.file_ids:
        warnings.append({IDS_NOT_FOUND: list(unmatched.file_ids)})
    return warnings
