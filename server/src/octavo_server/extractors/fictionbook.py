"""Books: FictionBook 2 (.fb2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.metadata import ENTRIES_MAX, TEXT_CHARS_MAX, DocumentMetadata
from octavo_server.extractors.base import Document, Extracted, Report
from octavo_server.extractors.hypertext.dates import instant
from octavo_server.extractors.hypertext.prose import Prose
from octavo_server.extractors.hypertext.xml_events import EnoughError, NotWellFormedError, damaged, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES_NAMES = """
body section title subtitle p v stanza poem cite epigraph annotation text-author date table tr book-title author
genre keywords lang translator coverpage
"""
_LINES = frozenset(_LINES_NAMES.split())

_CELLS = frozenset({"td", "th"})
_TITLE_PAGE = "title-info"
"""What of the description is text to read: title, authors, genre, annotation."""
_INFOS = frozenset({_TITLE_PAGE, "document-info", "publish-info"})
_PART_DEPTH, _INFO_DEPTH = 2, 3
_NAMES = ("first-name", "middle-name", "last-name", "nickname")
_TOLD = frozenset(
    {"book-title", "lang", "date", "keywords", "genre", "publisher", "year", "isbn", "program-used", *_NAMES}
)


class FictionBook:
    """Reads title page and bodies; pictures are left out. Of a damaged book it gives what comes before."""

    name = "fictionbook"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError (DOCUMENT_DAMAGED); RefusalError (DOCUMENT_TOO_LARGE)."""
        book = _Book(chars_max)
        warnings: tuple[str, ...] = ()
        try:
            read_document(document, book, report)
        except EnoughError:
            pass
        except NotWellFormedError as error:
            if not book.prose.chars:
                raise damaged(error, "the book") from None
            warnings = (f"the book is damaged, {error}: what comes behind was left out",)
        return Extracted(text=book.prose.text(), warnings=warnings, metadata=book.metadata())

    def warm_up(self) -> None:
        """There is nothing to load."""


class _Book:
    """Hears the document."""

    def __init__(self, chars_max: int) -> None:
        self.prose = Prose()
        self.told: dict[str, list[str]] = {}
        self._chars_max = chars_max
        self._depth = 0
        self._part = self._info = ""
        self._heard: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == _PART_DEPTH:
            self._part, self._info = name, ""
        elif self._depth == _INFO_DEPTH:
            self._info = name
        if self._is_shown() and name in _LINES:
            self.prose.end_line()
        if self._part == "description" and self._info in _INFOS and name in _TOLD:
            self._heard = []
            self._tell("value", attributes.get("value", ""))

    def text(self, text: str) -> None:
        if self._is_shown():
            self.prose.add(text)
            if self.prose.chars > self._chars_max:
                raise EnoughError
        if self._heard is not None:
            self._heard.append(text)

    def end(self, name: str) -> None:
        if self._is_shown():
            if name in _LINES:
                self.prose.end_line()
            elif name in _CELLS:
                self.prose.end_cell()
        if self._heard is not None:
            self._tell(name, "".join(self._heard))
            self._heard = None
        if name == "author" and self._part == "description":
            self._end_author()
        self._depth -= 1

    def _is_shown(self) -> bool:
        return self._part == "body" or (self._part == "description" and self._info == _TITLE_PAGE)

    def _tell(self, name: str, text: str) -> None:
        texts = self.told.setdefault(name, [])
        if len(texts) < ENTRIES_MAX and (text := " ".join(text[: 2 * TEXT_CHARS_MAX].split())):
            texts.append(text)

    def _end_author(self) -> None:
        name = " ".join(text for part in _NAMES for text in self.told.pop(part, ()))
        if name and self._info == _TITLE_PAGE:
            self._tell("author", name)

    def metadata(self) -> DocumentMetadata:
        """What its description tells."""
        told = {name: ", ".join(texts) for name, texts in self.told.items() if texts}
        title, author, language = (told.pop(name, "") for name in ("book-title", "author", "lang"))
        created = next((told[name] for name in ("value", "date", "year") if name in told), "")
        told.pop("value", None)
        return DocumentMetadata(
            media_type="application/x-fictionbook+xml",
            title=title,
            author=author,
            create_time=instant(created),
            language=language,
            more=told,
        )
