"""What an EPUB says about itself: where its content list is, and what that lists (EPUB 3.3, 4 and 5; OPF 2.0.1)."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from octavo_server.domain.metadata import ENTRIES_MAX, TEXT_CHARS_MAX
from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.hypertext.parts import part, resolved
from octavo_server.extractors.hypertext.xml_events import NotWellFormedError, Quiet, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo_server.extractors.office.archive import Archive

ITEMS_MAX = 50_000
IMAGES_MAX = 1_000
CONTAINER = "META-INF/container.xml"
_PACKAGE = "application/oebps-package+xml"
_METADATA_NAMES = """
title creator language date publisher description subject rights identifier contributor source type format relation
coverage
"""
_METADATA = frozenset(_METADATA_NAMES.split())


@dataclass(slots=True)
class Package:
    """A content list."""

    path: str
    metadata: dict[str, list[str]] = field(default_factory=dict)
    """Dublin Core by local name (`title`), in the order of the document."""
    version: str = ""
    spine: list[str] = field(default_factory=list)
    """The paths of what is read, in reading order; each once."""
    images: list[str] = field(default_factory=list)
    """The paths of its pictures, at most `IMAGES_MAX`."""
    unlisted: int = 0
    """Places in the reading order that name nothing listed."""

    def first(self, name: str) -> str:
        """The first of the metadata of that name; empty if there is none."""
        return next(iter(self.metadata.get(name, ())), "")


def package_of(archive: Archive) -> Package:
    """The book's content list.

    Raises CannotExtractError (DOCUMENT_DAMAGED) if it has none that can be read.
    """
    path = _package_path(archive)
    package = Package(path=path)
    listener = _PackageListener(package)
    try:
        read(part(archive, path), listener)
    except NotWellFormedError as error:
        raise _damaged(f"its content list can't be read ({error})") from None
    listener.finish()
    if not package.spine:
        raise _damaged("its content list names no chapters")
    return package


class _ContainerListener(Quiet):
    def __init__(self) -> None:
        self.paths: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rootfile" and attributes.get("media-type", _PACKAGE) == _PACKAGE and "full-path" in attributes:
            self.paths.append(resolved("", attributes["full-path"]))


class _PackageListener(Quiet):
    def __init__(self, package: Package) -> None:
        self._package = package
        self._items: dict[str, str] = {}
        self._places: dict[str, None] = {}
        self._images: list[str] = []
        self._heard: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "package":
            self._package.version = attributes.get("version", "")
        elif name == "item" and len(self._items) < ITEMS_MAX:
            self._items[attributes.get("id", "")] = attributes.get("href", "")
            if attributes.get("media-type", "").startswith("image/"):
                self._images.append(attributes.get("href", ""))
        elif name == "itemref" and len(self._places) < ITEMS_MAX:
            self._places[attributes.get("idref", "")] = None
        elif name in _METADATA:
            self._heard = []

    def text(self, text: str) -> None:
        if self._heard is not None:
            self._heard.append(text)

    def end(self, name: str) -> None:
        if self._heard is None or name not in _METADATA:
            return
        text = " ".join("".join(self._heard).split())[: 2 * TEXT_CHARS_MAX]
        self._heard = None
        texts = self._package.metadata.setdefault(name, [])
        if text and len(texts) < ENTRIES_MAX:
            texts.append(text)

    def finish(self) -> None:
        """Look up what the reading order names, in the list that may stand behind it."""
        folder = posixpath.dirname(self._package.path)
        found = [resolved(folder, self._items[place]) for place in self._places if self._items.get(place)]
        self._package.unlisted = len(self._places) - len(found)
        self._package.spine = list(dict.fromkeys(found))
        self._package.images = [resolved(folder, image) for image in self._images[:IMAGES_MAX]]


def _package_path(archive: Archive) -> str:
    if CONTAINER in archive:
        listener = _ContainerListener()
        # Of a damaged one, the beginning may have told.
        with suppress(NotWellFormedError):
            read(part(archive, CONTAINER), listener)
        for path in listener.paths:
            if path in archive:
                return path
    # Some archives lost their container, or it tells a wrong place. A book has one content list, mostly.
    found: Sequence[str] = [name for name in archive.names(folder="") if name.endswith(".opf")]
    if not found:
        raise _damaged("it has no content list")
    return found[0]


def _damaged(how: str) -> CannotExtractError:
    return CannotExtractError("DOCUMENT_DAMAGED", f"the book is damaged: {how}")
