"""Checks of the facade's arguments: what the server can't know.

Everything else the server refuses, naming the field.
"""

from __future__ import annotations

import functools
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from octavo.errors import Details, invalid_argument
from octavo.facade.refusals import (
    INVALID_FIELD,
    FolderError,
    LockedFolderError,
    NoFolderError,
    missing,
    refused,
    wrong_type,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EXPIRE_SECONDS_MAX = 30 * 24 * 3600
DIGITS_BITS_MAX = 128
P = ParamSpec("P")
R = TypeVar("R")


def told(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` say which arguments exist when it is called with another, or with too few."""
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name != "self"]

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        unknown = [name for name in kwargs if name not in names]
        if unknown:
            raise wrong_type(
                unknown[0],
                f"unexpected keyword argument(s) for '{function.__name__}': {', '.join(unknown)}; "
                f"there are {', '.join(names)}",
            )
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise wrong_type("", f"{function.__name__}: {error}; its arguments are {', '.join(names)}") from None
        return function(*args, **kwargs)

    return checked


def check_texts(**arguments: object) -> None:
    """Raises TypeError unless each is a string or None, InvalidArgumentError if no server could be told it."""
    for name, value in arguments.items():
        if value is not None:
            valid_text(name, value)


def valid_text(name: str, value: object) -> str:
    """The string. Raises TypeError unless it is a string, InvalidArgumentError if no server could be told it."""
    if not isinstance(value, str):
        raise wrong_type(name, f"{name} must be a string")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refused(name, f"{name}: {value!r} is no text: character {error.start} is half of one") from None
    return value


def check_names(*, file_name: str | None, symbolic_directory_path: str | None, symbolic_file_path: str | None) -> None:
    """Where a file goes. Raises InvalidArgumentError (a TypeError, too, for what is no string)."""
    names = {
        "file_name": file_name,
        "symbolic_directory_path": symbolic_directory_path,
        "symbolic_file_path": symbolic_file_path,
    }
    check_texts(**names)
    check_one_path(file_name, symbolic_directory_path, symbolic_file_path)
    for name, value in names.items():
        if value == "":
            raise refused(name, f"invalid {name}: must not be empty")


def check_one_path(file_name: object, symbolic_directory_path: object, symbolic_file_path: object) -> None:
    """Raises InvalidArgumentError if a path is given in one and in parts."""
    if symbolic_file_path is not None and (file_name is not None or symbolic_directory_path is not None):
        raise refused(
            "symbolic_file_path",
            "file_name and symbolic_directory_path cannot both be given if symbolic_file_path is given",
        )


def check_flags(**arguments: object) -> None:
    """Raises TypeError unless each is a boolean."""
    for name, value in arguments.items():
        if not isinstance(value, bool):
            raise wrong_type(name, f"{name} must be a boolean")


def valid_seconds(expire_time: object) -> int | None:
    """Whole seconds, 1 to 2,592,000 (30 days), or None. Raises InvalidArgumentError."""
    if expire_time is None:
        return None
    if isinstance(expire_time, bool) or not isinstance(expire_time, int):
        raise invalid_argument("expire_time", "must be a whole number of seconds")
    # Before anything is uploaded; and what is much larger no request can hold.
    if not 1 <= expire_time <= EXPIRE_SECONDS_MAX:
        raise invalid_argument(
            "expire_time", f"must be 1 to {EXPIRE_SECONDS_MAX} seconds; {_short(expire_time)} is not"
        )
    return expire_time


def _short(number: int) -> str:
    # Python refuses to spell very long numbers.
    return str(number) if number.bit_length() <= DIGITS_BITS_MAX else "a number of so many digits"


def valid_file(local_file_path: str | os.PathLike[str] | None) -> Path:
    """An existing file. Raises InvalidArgumentError: a TypeError, FileNotFoundError or IsADirectoryError, too."""
    if local_file_path is None or local_file_path == "":
        raise refused("local_file_path", "local_file_path cannot be empty: give the path of the document")
    if not isinstance(local_file_path, str | os.PathLike):
        raise wrong_type("local_file_path", "local_file_path must be a string or a path")
    path = Path(local_file_path)
    if path.is_dir():
        raise FolderError(
            f"local_file_path must be a file; {str(path)!r} is a directory", details=_invalid("local_file_path")
        )
    if not path.exists():
        raise missing("local_file_path", f"local_file_path: there is no file {str(path)!r}")
    return path


def valid_directory(local_save_directory: str | os.PathLike[str] | None) -> str:
    """An existing, writable directory; the working directory if None.

    Raises InvalidArgumentError, which is a TypeError, FileNotFoundError, NotADirectoryError or PermissionError, too.
    """
    if local_save_directory is None:
        return str(Path.cwd())
    field = "local_save_directory"
    if not isinstance(local_save_directory, str | os.PathLike):
        raise wrong_type(field, f"{field} must be a string or a path")
    if os.fspath(local_save_directory) == "":
        raise refused(field, f"{field}: must not be empty; leave it out for the working directory")
    path = Path(local_save_directory)
    if not path.exists():
        raise missing(field, f"{field}: there is no directory {str(path)!r}; make it first")
    if not path.is_dir():
        raise NoFolderError(f"{field}: {str(path)!r} is not a directory", details=_invalid(field))
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise LockedFolderError(f"{field}: {str(path)!r} can't be read and written", details=_invalid(field))
    return os.fspath(local_save_directory)


def _invalid(field: str) -> Details:
    return Details(reason=INVALID_FIELD, field=field)


def valid_tags(file_tags: object) -> list[tuple[str, str]]:
    """`[{"author": "orwell"}, ...]` as pairs. Raises TypeError, InvalidArgumentError."""
    if file_tags is None:
        return []
    if not isinstance(file_tags, list | tuple):
        raise wrong_type(
            "file_tags", 'file_tags must be a list of dicts with one pair each, e.g. [{"author": "orwell"}]'
        )
    return [_pair(index, tag) for index, tag in enumerate(file_tags)]


def _pair(index: int, tag: object) -> tuple[str, str]:
    if not isinstance(tag, dict):
        raise wrong_type("file_tags", f"file_tags[{index}] must be a dict with one pair")
    if len(tag) != 1:
        raise invalid_argument(f"file_tags[{index}]", f"must have exactly one pair; it has {len(tag)}")
    ((key, value),) = tag.items()
    if not isinstance(key, str) or not isinstance(value, str):
        raise wrong_type("file_tags", f"file_tags[{index}] must be a pair of strings")
    check_texts(**{f"file_tags[{index}].key": key, f"file_tags[{index}].value": value})
    return key, value
