"""The filters of `list` and `keyword_search`: checked here as far as the server can't, and made a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from octavo import arguments, narration
from octavo.arguments import valid_text
from octavo.facade import timestamps
from octavo.facade.refusals import refused, wrong_type
from octavo.files import FileQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.narration import Narrator

TERMS_MAX = 500
FILES_MAX, FILES_DEFAULT = 10_000, 1_000
PATHS = "symbolic_file_paths"
DESCENDING, ASCENDING = "descending", "ascending"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which files of a pipeline, in which order, at most how many."""

    query: FileQuery
    oldest_first: bool
    files_max: int


def selection(
    *,
    file_ids: object,
    file_names: object,
    symbolic_directory_paths: object,
    symbolic_file_paths: object,
    file_tags: object,
    sort_order: object,
    max_files: object,
    created_at: tuple[object, object],
    last_updated: tuple[object, object],
) -> Selection:
    """Raises InvalidTypeError, InvalidArgumentError. Duplicates are told, and asked for once."""
    created_start, created_end = timestamps.bounds("created_at", *created_at)
    updated_start, updated_end = timestamps.bounds("last_updated", *last_updated)
    query = FileQuery(
        file_ids=_terms("file_ids", file_ids),
        file_names=_terms("file_names", file_names),
        symbolic_directory_paths=_terms("symbolic_directory_paths", symbolic_directory_paths),
        symbolic_file_paths=_terms("symbolic_file_paths", symbolic_file_paths),
        file_tags=tuple(_once("file_tags", arguments.valid_tags(file_tags))),
        create_time_start=created_start,
        create_time_end=created_end,
        update_time_start=updated_start,
        update_time_end=updated_end,
    )
    for file_id in query.file_ids:
        valid_file_id(file_id)
    if query == FileQuery():
        raise refused("query", "please provide at least one query argument")
    return Selection(query=query, oldest_first=is_ascending(sort_order), files_max=valid_files_max(max_files))


def valid_file_id(file_id: object) -> str:
    """A UUID in lower case. Raises InvalidTypeError, as the hosted product does."""
    if not isinstance(file_id, str) or not UUID.fullmatch(file_id):
        raise wrong_type("file_id", f"invalid file_id: {file_id!r} - it must be a UUID in lower case")
    return file_id


def valid_request_id(request_id: object) -> str:
    """A UUID in lower case. Raises InvalidTypeError, InvalidArgumentError."""
    if request_id is None or request_id == "":
        raise refused("request_id", "process request_id cannot be empty")
    if not isinstance(request_id, str):
        raise wrong_type("request_id", "request_id must be a string")
    if not UUID.fullmatch(request_id):
        raise refused("request_id", f"Invalid _id: {request_id!r} - request_id must be a UUID in lower case")
    return request_id


def valid_files_max(max_files: object) -> int:
    """1 to 10,000; 1,000 if None. Raises InvalidTypeError, InvalidArgumentError."""
    if max_files is None:
        return FILES_DEFAULT
    if isinstance(max_files, bool) or not isinstance(max_files, int):
        raise wrong_type("max_files", "max_files must be a whole number")
    if not 1 <= max_files <= FILES_MAX:
        raise refused("max_files", f"max_files: must be 1 to {FILES_MAX}; {max_files} is not")
    return max_files


def is_ascending(sort_order: object) -> bool:
    """Are the oldest files first? Raises InvalidTypeError, InvalidArgumentError."""
    if sort_order is None:
        return False
    if not isinstance(sort_order, str):
        raise wrong_type("sort_order", "sort_order must be a string")
    if sort_order not in (ASCENDING, DESCENDING):
        raise refused("sort_order", f"sort order must be either '{DESCENDING}' or '{ASCENDING}'")
    return sort_order == ASCENDING


def tell_default_count(narrator: Narrator, max_files: object) -> None:
    """If it was not chosen."""
    if max_files is None:
        narrator.say(
            f"INFO: value of max_files not set by user, setting max_files to default value of {FILES_DEFAULT}."
        )


def _terms(name: str, values: object) -> tuple[str, ...]:
    if values is None:
        return ()
    if not isinstance(values, list | tuple):
        raise wrong_type(name, f"{name} must be a list of strings")
    if not values:
        raise refused(name, f"{name}: must not be an empty list; leave it out, or name what to look for")
    if len(values) > TERMS_MAX:
        raise refused(name, f"{name}: at most {TERMS_MAX} are allowed; these are {len(values)}")
    for index, value in enumerate(values):
        valid_text(f"{name}[{index}]", value)
        if name == PATHS:
            _check_path(f"{name}[{index}]", value)
    return tuple(_once(name, values))


def _check_path(field: str, path: str) -> None:
    directory, slash, name = path.rpartition("/")
    if slash and name == "*":
        raise refused(
            field,
            f"invalid symbolic_file_path: {field}: the name must not be * alone; {path!r} is what "
            f"symbolic_directory_paths=[{f'{directory}/*'!r}] finds",
        )


def _once(name: str, values: Sequence[Any]) -> list[Any]:
    once = list(dict.fromkeys(values))
    if len(once) < len(values):
        repeated = [value for value in once if values.count(value) > 1]
        narration.say(f"WARNING: {name} contains duplicate entries - {repeated}")
        narration.say(f"INFO: each of the {name} is looked for once")
    return once
