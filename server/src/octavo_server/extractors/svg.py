"""Pictures as SVG: their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.base import Document, Extracted, RefusalError, Report
from octavo_server.extractors.hypertext.prose import Prose
from octavo_server.extractors.hypertext.xml_events import EnoughError, NotWellFormedError, damaged, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABELS = frozenset({"title", "desc", "text", "foreignObject"})
"""SVG 2, 5.8 and 11; a <tspan> inside stays in its line, unless it has a place of its own."""
_PLACES = frozenset({"x", "y"})


class Svg:
    """Reads titles, descriptions and text, in the order of the document."""

    name = "svg"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_DAMAGED, NO_TEXT; RefusalError (DOCUMENT_TOO_LARGE)."""
        picture = _Picture(chars_max)
        warnings: tuple[str, ...] = ()
        try:
            read_document(document, picture, report)
        except EnoughError:
            pass
        except NotWellFormedError as error:
            if not picture.prose.chars:
                raise damaged(error, "the picture") from None
            warnings = (f"the picture is damaged, {error}: what comes behind was left out",)
        text = picture.prose.text()
        if not text:
            raise RefusalError("NO_TEXT", "no text: the picture has no labels")
        metadata = DocumentMetadata(media_type="image/svg+xml", title=picture.title)
        return Extracted(text=text, warnings=warnings, metadata=metadata)

    def warm_up(self) -> None:
        """There is nothing to load."""


class _Picture:
    def __init__(self, chars_max: int) -> None:
        self.prose = Prose()
        self.title = ""
        self._title: list[str] = []
        self._chars_max = chars_max
        self._labels: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _LABELS:
            self._labels.append(name)
            self.prose.end_line()
        elif not _PLACES.isdisjoint(attributes):
            self.prose.end_line()

    def text(self, text: str) -> None:
        if not self._labels:
            return
        self.prose.add(text)
        if self._labels == ["title"]:
            self._title.append(text)
        if self.prose.chars > self._chars_max:
            raise EnoughError

    def end(self, name: str) -> None:
        if self._labels and name == self._labels[-1]:
            self._labels.pop()
            self.prose.end_line()
            if name == "title" and not self.title:
                self.title = "".join(self._title)
