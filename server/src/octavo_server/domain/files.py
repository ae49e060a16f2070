"""A submitted file's name, place, tags and description, with their rules (the hosted product's, kept)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import FileId, Instant

FILE_NAME_CHARS_MAX = 64
DIRECTORY_CHARS_MAX = 128
TAGS_MAX = 20
TAG_CHARS_MAX = 32
DESCRIPTION_CHARS_MAX = 256
DIRECTORY_DEFAULT = "/etc"

_FILE_NAME = re.compile(r"[A-Za-z0-9 _,.\-]+")
_DIRECTORY = re.compile(r"/|(/[A-Za-z0-9 _\-]+)+")
_TAG = re.compile(rf"[A-Za-z0-9 _\-]{{1,{TAG_CHARS_MAX}}}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A key and a value to find a file by, in lower case."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What was submitted, without its bytes."""

    file_id: FileId
    name: str
    directory: str
    tags: tuple[Tag, ...] = ()
    description: str | None = None
    update_time: Instant | None = None
    """When its metadata was last changed; None: never."""

    @property
    def path(self) -> str:
        """Directory and name in one; unique within a pipeline."""
        return join(self.directory, self.name)


def join(directory: str, name: str) -> str:
    """`/a` and `b.txt` make `/a/b.txt`; `/` and `b.txt` make `/b.txt`."""
    return f"{directory.rstrip('/')}/{name}"


def extension_of(name: str) -> str:
    """The last extension of `name` with its dot, in lower case; empty if it has none."""
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot and stem and extension else ""


def valid_name(name: str, *, extension: str, field: str = "file_name") -> str:
    """`name` in lower case. `extension`: what it must end in; empty: any extension will do.

    Raises InvalidArgumentError, naming `field`.
    """
    if len(name) > FILE_NAME_CHARS_MAX or not _FILE_NAME.fullmatch(name):
        raise InvalidArgumentError(
            field,
            f"must be 1-{FILE_NAME_CHARS_MAX} ASCII letters, digits, spaces and _ , . - with an extension; "
            f"{name!r} is not",
        )
    own = extension_of(name)
    if not own:
        raise InvalidArgumentError(field, f"{name!r} has no extension; it must end in the document's, like {'.txt'!r}")
    if extension and own != extension:
        raise InvalidArgumentError(field, f"{name!r} must end in {extension!r}, the extension of the document itself")
    return name.lower()


def valid_directory(directory: str, *, field: str = "symbolic_directory_path") -> str:
    """`directory` in lower case; the default if it is empty. Raises InvalidArgumentError, naming `field`."""
    if not directory:
        return DIRECTORY_DEFAULT
    if len(directory) > DIRECTORY_CHARS_MAX or not _DIRECTORY.fullmatch(directory):
        raise InvalidArgumentError(
            field,
            f"must be / or /a/b: at most {DIRECTORY_CHARS_MAX} ASCII letters, digits, spaces, _ and - "
            f"in parts that each start with /; {directory!r} is not",
        )
    lower = directory.lower()
    if lower.startswith(f"{DIRECTORY_DEFAULT}/"):
        raise InvalidArgumentError(
            field, f"nothing can be filed below {DIRECTORY_DEFAULT}, as {directory!r} is; choose another directory"
        )
    return lower


def split_path(path: str, *, field: str = "symbolic_file_path") -> tuple[str, str]:
    """Directory and name of `path`. Raises InvalidArgumentError, naming `field`."""
    directory, slash, name = path.rpartition("/")
    if not path.startswith("/") or not slash or not name:
        raise InvalidArgumentError(
            field, f"must be a directory and a name, like /a/b/name.txt, and start with /; {path!r} is not"
        )
    return directory or "/", name


def valid_tags(pairs: Sequence[tuple[str, str]], *, field: str = "file_tags") -> tuple[Tag, ...]:
    """The tags in lower case, in the order given. Raises InvalidArgumentError, naming the tag's field."""
    if len(pairs) > TAGS_MAX:
        raise InvalidArgumentError(field, f"at most {TAGS_MAX} tags are allowed; these are {len(pairs)}")
    tags: list[Tag] = []
    for index, (key, value) in enumerate(pairs):
        for part, text in (("key", key), ("value", value)):
            if not _TAG.fullmatch(text):
                raise InvalidArgumentError(
                    f"{field}[{index}].{part}",
                    f"must be 1-{TAG_CHARS_MAX} ASCII letters, digits, spaces, _ or -; {text!r} is not",
                )
        tag = Tag(key.lower(), value.lower())
        if tag in tags:
            raise InvalidArgumentError(f"{field}[{index}]", f"the tag {tag.key!r}: {tag.value!r} is given twice")
        tags.append(tag)
    return tuple(tags)


def valid_description(description: str | None, *, field: str = "file_description") -> str | None:
    """The description as given. Raises InvalidArgumentError, naming `field`."""
    if description is not None and len(description) > DESCRIPTION_CHARS_MAX:
        raise InvalidArgumentError(
            field, f"at most {DESCRIPTION_CHARS_MAX} characters are allowed; these are {len(description)}"
        )
    return description
