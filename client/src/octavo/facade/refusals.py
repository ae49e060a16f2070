"""What the facade itself refuses: errors of the SDK's tree that are also what scripts of the hosted product catch.

InvalidArgumentError (ValueError)
├── InvalidTypeError (TypeError)             an argument's type, or what the hosted product calls one
├── FolderError (IsADirectoryError)          a local folder where a file is wanted
├── NoFolderError (NotADirectoryError)       something else where a local folder is wanted
├── LockedFolderError (PermissionError)      a local folder that can't be read and written
└── MissingFileError (FileNotFoundError)     a local file or folder that is not there
    └── MissingConfigError (FileExistsError) of load_pipeline; the hosted product raises that class, sic
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo.errors import Details, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INVALID_FIELD = "INVALID_FIELD"


class InvalidTypeError(InvalidArgumentError, TypeError):
    """An argument has the wrong type, or is what the hosted product refuses with a TypeError."""


class FolderError(InvalidArgumentError, IsADirectoryError):
    """It is a local folder, and no file."""


class NoFolderError(InvalidArgumentError, NotADirectoryError):
    """It is no local folder."""


class LockedFolderError(InvalidArgumentError, PermissionError):
    """The local folder can't be read and written."""


class MissingFileError(InvalidArgumentError, FileNotFoundError):
    """There is no such local file or folder."""


class MissingConfigError(MissingFileError, FileExistsError):
    """There is no such file with a pipeline's config."""


def refused(field: str, message: str) -> InvalidArgumentError:
    """`message` as it is, for the argument `field`."""
    return InvalidArgumentError(message, details=Details(reason=INVALID_FIELD, field=field))


def wrong_type(field: str, message: str) -> InvalidTypeError:
    """`message` as it is, for the argument `field`."""
    return InvalidTypeError(message, details=Details(reason=INVALID_FIELD, field=field))


def missing(field: str, message: str) -> MissingFileError:
    """`message` as it is, for the argument `field`."""
    return MissingFileError(message, details=Details(reason="NO_SUCH_FILE", field=field))


def renamed(error: InvalidArgumentError, names: Mapping[str, str]) -> InvalidArgumentError:
    """The refusal with the caller's own name of the field, by the server's; any other as it is."""
    name = names.get(error.field)
    if name is None:
        return error
    message = f"{name}: {str(error).removeprefix(f'{error.field}: ')}"
    return type(error)(message, code=error.code, details=replace(error.details, field=name))


NAMED_INVALID = ("file_name", "symbolic_directory_path", "symbolic_file_path")
ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "expire_after": "expire_time",
        "content": "local_file_path",
        "source_file_name": "local_file_path",
        "query.create_time_start": "created_at_start",
        "query.update_time_start": "last_updated_start",
    }
)
"""What scripts call a field of a request, where the names differ."""
_TERM = re.compile(r"(?:query|files)\.(?P<name>(?P<kind>\w+)s\[\d+\].*)")
_MODEL = re.compile(r"modules\.(?P<key>.+)\.model")


def in_hosted_words(
    error: InvalidArgumentError, models: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> InvalidArgumentError:
    """The server's refusal with the caller's names, one of a name, a path or a model opening as the hosted product's.

    `models`: those of each module, by its key in `process_status`.
    """
    error = renamed(error, ARGUMENTS)
    message = str(error)
    model = _MODEL.fullmatch(error.field)
    if term := _TERM.fullmatch(error.field):
        error = renamed(error, {error.field: term["name"]})
        message = f"invalid {term['kind']}: {error}" if term["kind"] in NAMED_INVALID else str(error)
    elif model and model["key"] in models:
        message = f"model: must be one of {list(models[model['key']])} - {error}"
    elif error.field in NAMED_INVALID and not message.startswith("invalid "):
        message = f"invalid {error}"
    return type(error)(message, code=error.code, details=error.details)
