"""What a Tika Server answers: a JSON list, the document's metadata and text first, then those of what is inside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.plain import with_unix_newlines
from octavo_server.extractors.tika_metadata import Values, first

CONTENT = "X-TIKA:content"
_EXCEPTION = "X-TIKA:EXCEPTION:"
_CONTAINER_EXCEPTION = f"{_EXCEPTION}container_exception"
_WRITE_LIMIT = f"{_EXCEPTION}write_limit_reached"
_ENCRYPTED = "EncryptedDocumentException"
_NO_PARSER = "org.apache.tika.parser.EmptyParser"


class NonsenseError(Exception):
    """It is not what a Tika Server answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The document, and what is inside it: metadata by Tika's names, the text among them."""

    document: Values
    inside: Sequence[Values]

    @classmethod
    def from_json(cls, body: bytes) -> "Reply":
        """Reads the body of an answer. Raises NonsenseError."""
        try:
            parts = json.loads(body)
        except (ValueError, RecursionError):
            raise NonsenseError from None
        if not isinstance(parts, list) or not parts or not all(map(_is_metadata, parts)):
            raise NonsenseError
        return cls(document=parts[0], inside=parts[1:])

    @property
    def text(self) -> str:
        """The document's text, then those of what is inside it, without the empty lines around each."""
        texts = filter(None, map(_text, (self.document, *self.inside)))
        return with_unix_newlines("".join(f"{text}\n" for text in texts))

    @property
    def is_cut(self) -> bool:
        """Did the server stop at the number of characters that it was given?"""
        return any(_WRITE_LIMIT in part for part in (self.document, *self.inside))

    @property
    def failure(self) -> CannotExtractError:
        """Why there is no text."""
        said = first(self.document, _CONTAINER_EXCEPTION)
        if _ENCRYPTED in said:
            return CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
        if said:
            return CannotExtractError("DOCUMENT_DAMAGED", "Tika Server can't read it: the document is damaged")
        if _NO_PARSER in first(self.document, "X-TIKA:Parsed-By"):
            return CannotExtractError("DOCUMENT_DAMAGED", "Tika Server can't read it: it does not know the type")
        if first(self.document, "Content-Type").startswith(("application/pdf", "image/")):
            return CannotExtractError("NO_TEXT", "no text: the pages are images")
        return CannotExtractError("NO_TEXT", "Tika Server found no text")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is missing from the text."""
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if first(self.document, _CONTAINER_EXCEPTION):
            yield "the document is damaged: its text may end early"
        unread = sum(any(name.startswith(_EXCEPTION) for name in part) for part in self.inside)
        if unread:
            yield f"{unread} embedded documents could not be read and were left out"


def _text(part: Values) -> str:
    text = first(part, CONTENT).strip("\n")
    # Tika gives the title before the text: all there is if the pages are images. An image's title is its name.
    titles = {first(part, name).strip() for name in ("dc:title", "resourceName", "X-TIKA:internalPath")}
    return "" if text.strip() in titles else text


def _is_metadata(part: Any) -> bool:
    return isinstance(part, Mapping) and all(
        isinstance(value, str) or (isinstance(value, list) and all(isinstance(text, str) for text in value))
        for value in part.values()
    )
