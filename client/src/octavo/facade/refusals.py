"""What the facade itself refuses: errors of the SDK's tree that are also what scripts of the hosted product catch.

InvalidArgumentError (ValueError)
├── InvalidTypeError (TypeError)             an argument's type, or what the hosted product calls one
└── MissingFileError (FileNotFoundError)     a local file or folder that is not there
    └── MissingConfigError (FileExistsError) of load_pipeline; the hosted product raises that class, sic
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo.errors import Details, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INVALID_FIELD = "INVALID_FIELD"


class InvalidTypeError(InvalidArgumentError, TypeError):
    """An argument has the wrong type, or is what the hosted product refuses with a TypeError."""


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


NAMED_INVALID = ("file_name", "symbolic_directory_path", "symbolic_file_path")
_MODEL = re.compile(r"modules\.(?P<key>.+)\.model")


def in_hosted_words(
    error: InvalidArgumentError, models: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> InvalidArgumentError:
    """The server's refusal of a name, a path or a model, opening as the hosted product's does; any other as it is.

    `models`: those of each module, by its key in `process_status`.
    """
    message = str(error)
    model = _MODEL.fullmatch(error.field)
    if model and model["key"] in models:
        message = f"model: must be one of {list(models[model['key']])} - {error}"
    elif error.field in NAMED_INVALID and not message.startswith("invalid "):
        message = f"invalid {error}"
    return type(error)(message, code=error.code, details=error.details)
