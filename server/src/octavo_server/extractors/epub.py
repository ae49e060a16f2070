"""Books: EPUB 2 and 3."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.domain.limits import MIB
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors import charsets
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.hypertext import charset
from octavo_server.extractors.hypertext.dates import instant
from octavo_server.extractors.hypertext.package import package_of
from octavo_server.extractors.hypertext.page import Page
from octavo_server.extractors.hypertext.prose import Prose
from octavo_server.extractors.hypertext.protection import encrypted_paths
from octavo_server.extractors.office.archive import Archive

if TYPE_CHECKING:
    from octavo_server.extractors.hypertext.package import Package

CHAPTER_BYTES_MAX = 32 * MIB
"""A whole long novel has 3 MB."""
_PAGES = (".xhtml", ".html", ".htm", ".xml", ".xht", ".svg", "")
_WARNINGS_MAX = 10


class Epub:
    """Reads the chapters in reading order, then names the pictures. What the reading order leaves out is left out."""

    name = "epub"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED; RefusalError (DOCUMENT_TOO_LARGE)."""
        archive = Archive(document)
        package = package_of(archive)
        book = _Book(archive, package)
        for done, path in enumerate(package.spine, start=1):
            book.read(path, chars_max=chars_max)
            report(Progress("chapter", done, len(package.spine)))
            if book.prose.chars > chars_max:
                break
        if not book.is_readable:
            raise book.failure()
        book.name_images()
        return Extracted(text=book.prose.text(), warnings=book.warnings(), metadata=_metadata(package))

    def warm_up(self) -> None:
        """There is nothing to load."""


class _Book:
    def __init__(self, archive: Archive, package: Package) -> None:
        self.prose = Prose()
        self.chapters_read = 0
        self._archive = archive
        self._encrypted = encrypted_paths(archive)
        self._protected = 0
        self._unread: list[str] = []
        self._unlisted = package.unlisted
        self._images = package.images

    def read(self, path: str, *, chars_max: int) -> None:
        """Adds a chapter; or remembers why not."""
        if path.lower() in self._encrypted:
            self._protected += 1
        elif posixpath.splitext(path)[1].lower() in _PAGES:
            try:
                page = self._page(path)
            except CannotExtractError:
                self._unread.append(path)
                return
            Page(self.prose, with_title=False).read(page, xml=True, chars_max=chars_max)
            self.chapters_read += 1

    def _page(self, path: str) -> str:
        if self._archive.size_bytes(path) > CHAPTER_BYTES_MAX:
            raise RefusalError(
                "DOCUMENT_TOO_LARGE", f"a chapter of the book has more than {CHAPTER_BYTES_MAX // MIB} MB"
            )
        data = b"".join(self._archive.chunks(path))
        return charset.read(data, data[: charsets.SAMPLE_BYTES])[0]

    @property
    def is_readable(self) -> bool:
        """Is there more to read than the cover, which some protected books show?"""
        return self.chapters_read > self._protected

    def name_images(self) -> None:
        """Adds which pictures are in the book: here, where the names of files break no sentence."""
        for image in self._images:
            self.prose.add(image)
            self.prose.end_line()

    def failure(self) -> CannotExtractError:
        """Why it is not readable."""
        if self._protected:
            return CannotExtractError("DOCUMENT_ENCRYPTED", "the book is protected by DRM")
        if self._unread:
            return CannotExtractError("DOCUMENT_DAMAGED", "the book is damaged: none of its chapters can be read")
        return CannotExtractError("NO_TEXT", "no text: the book's chapters are no pages of text")

    def warnings(self) -> tuple[str, ...]:
        """What is not in the text."""
        told = [f"the chapter {path} is missing or damaged and was left out" for path in self._unread[:_WARNINGS_MAX]]
        if len(self._unread) > _WARNINGS_MAX:
            told.append(f"more chapters were left out: {len(self._unread) - _WARNINGS_MAX}")
        if self._protected:
            told.append(f"chapters that are protected by DRM were left out: {self._protected}")
        if self._unlisted:
            told.append(f"places in the reading order that name no part of the book: {self._unlisted}")
        return tuple(told)


def _metadata(package: Package) -> DocumentMetadata:
    more = {
        name: ", ".join(texts)
        for name, texts in package.metadata.items()
        if texts and name not in ("title", "creator", "language")
    }
    return DocumentMetadata(
        media_type="application/epub+zip",
        title=package.first("title"),
        author=", ".join(package.metadata.get("creator", ())),
        create_time=instant(package.first("date")),
        language=package.first("language"),
        more={**more, "version": package.version} if package.version else more,
    )
