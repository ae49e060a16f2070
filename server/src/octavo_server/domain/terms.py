"""What a file is looked for by: a name, a directory, a path or a tag, with the hosted product's wildcards."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.files import DIRECTORY_CHARS_MAX, FILE_NAME_CHARS_MAX, TAG_CHARS_MAX, File, split_path

ANY = "*"


_NAME = re.compile(r"\*?[a-z0-9 _,.\-]+\*?")
_DIRECTORY = re.compile(r"/|(/[a-z0-9 _\-]+)+\*?|(/[a-z0-9 _\-]+)*/\*")
_TAG_KEY = re.compile(rf"[a-z0-9 _\-]{{1,{TAG_CHARS_MAX}}}")
_TAG_VALUE = re.compile(rf"\*|[a-z0-9 _\-]{{1,{TAG_CHARS_MAX}}}")


@dataclass(frozen=True, slots=True)
class NameTerm:
    """A file name, in lower case; anything may stand before or after it."""

    text: str
    any_before: bool = False
    any_after: bool = False

    @property
    def is_exact(self) -> bool:
        """Is there no wildcard?"""
        return not (self.any_before or self.any_after)

    def fits(self, name: str) -> bool:
        """Does it fit the name of a file?"""
        if self.any_before:
            return self.text in name if self.any_after else name.endswith(self.text)
        return name.startswith(self.text) if self.any_after else name == self.text

    def __str__(self) -> str:
        return f"{ANY * self.any_before}{self.text}{ANY * self.any_after}"


@dataclass(frozen=True, slots=True)
class DirectoryTerm:
    """A directory, in lower case; or all that begin with `text`, as `/` and whatever comes after it."""

    text: str
    any_after: bool = False

    @property
    def is_exact(self) -> bool:
        """Is there no wildcard?"""
        return not self.any_after

    def fits(self, directory: str) -> bool:
        """Does it fit a directory? `/a/*` fits `/a/b` and not `/a`; `/*` fits `/` as well."""
        return directory.startswith(self.text) if self.any_after else directory == self.text

    def __str__(self) -> str:
        return f"{self.text}{ANY * self.any_after}"


EVERYWHERE = DirectoryTerm("/", any_after=True)


@dataclass(frozen=True, slots=True)
class PathTerm:
    """A directory and a name."""

    directory: DirectoryTerm
    name: NameTerm

    @property
    def is_exact(self) -> bool:
        """Is there no wildcard?"""
        return self.directory.is_exact and self.name.is_exact

    def fits(self, file: File) -> bool:
        """Does it fit a file's path?"""
        return self.directory.fits(file.directory) and self.name.fits(file.name)

    def __str__(self) -> str:
        return f"{str(self.directory).rstrip('/')}/{self.name}"


@dataclass(frozen=True, slots=True)
class TagTerm:
    """A tag, in lower case; `value` None: any value of the key."""

    key: str
    value: str | None

    @property
    def is_exact(self) -> bool:
        """Is there no wildcard?"""
        return self.value is not None

    def fits(self, file: File) -> bool:
        """Does a tag of the file fit?"""
        return any(tag.key == self.key and self.value in (None, tag.value) for tag in file.tags)


Term = NameTerm | DirectoryTerm | PathTerm | TagTerm


def name_term(text: str, *, field: str) -> NameTerm:
    """`report.txt`, `report*`, `*.txt`, `*draft*`. Raises InvalidArgumentError, naming `field`."""
    lower = text.lower()
    if len(text) > FILE_NAME_CHARS_MAX or not _NAME.fullmatch(lower):
        raise InvalidArgumentError(
            field,
            f"must be 1-{FILE_NAME_CHARS_MAX} letters, digits, spaces and _ , . - with {ANY} at most as the first "
            f"and the last character, and not alone; {text!r} is not",
        )
    return NameTerm(lower.strip(ANY), lower.startswith(ANY), lower.endswith(ANY))


def directory_term(text: str, *, field: str) -> DirectoryTerm:
    """`/`, `/a/b`, `/a/b*`, `/a/b/*`, `/*`. Raises InvalidArgumentError, naming `field`."""
    lower = text.lower()
    if len(text) > DIRECTORY_CHARS_MAX or not _DIRECTORY.fullmatch(lower):
        raise InvalidArgumentError(
            field,
            f"must be / or /a/b with {ANY} at most as the last character: at most {DIRECTORY_CHARS_MAX} letters, "
            f"digits, spaces, _ and - in parts that each start with /; {text!r} is not",
        )
    return DirectoryTerm(lower.removesuffix(ANY), lower.endswith(ANY))


def path_term(text: str, *, field: str) -> PathTerm:
    """`/a/b/report.txt`, `/a*/*.txt`. Raises InvalidArgumentError, naming `field`."""
    directory, name = split_path(text, field=field)
    return PathTerm(directory_term(directory, field=field), name_term(name, field=field))


def tag_term(pair: tuple[str, str], *, field: str) -> TagTerm:
    """A key, and a value or `*`. Raises InvalidArgumentError, naming `field`."""
    key, value = (text.lower() for text in pair)
    for part, text, rule in (("key", key, _TAG_KEY), ("value", value, _TAG_VALUE)):
        if not rule.fullmatch(text):
            raise InvalidArgumentError(
                f"{field}.{part}",
                f"must be 1-{TAG_CHARS_MAX} letters, digits, spaces, _ or -{', or * alone' * (part == 'value')}",
            )
    return TagTerm(key, None if value == ANY else value)


def wildcards(terms: Sequence[Term]) -> int:
    """How many of them have a wildcard."""
    return sum(not term.is_exact for term in terms)
