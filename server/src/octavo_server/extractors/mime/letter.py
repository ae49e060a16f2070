"""A mail as a reader sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.mime.content import CODE, HTML, is_text, text_of
from octavo_server.extractors.mime.pgp import without_encrypted

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

    from octavo_server.extractors.mime.attachments import Attachments
    from octavo_server.extractors.mime.headers import Headers
    from octavo_server.extractors.mime.parts import Container, Part

_SHOWN = {
    "subject": "Subject",
    "from": "From",
    "to": "To",
    "cc": "Cc",
    "bcc": "Bcc",
    "reply-to": "Reply-To",
    "date": "Date",
    "message-id": "Message-ID",
}
_WITHOUT_TEXT = (
    "image/",
    "audio/",
    "video/",
    "font/",
    *CODE,
    "application/pgp-signature",
    "application/pkcs7-signature",
)
_ENCRYPTED = ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNED = "signed-data"
"""Such a part of S/MIME is not encrypted, only wrapped."""


@dataclass(frozen=True, slots=True)
class _Passage:
    """Text of one part."""

    text: str
    alternative: tuple[Container, int] | None = None
    rank: int = 0
    """Of an alternative, the highest is shown."""


class Letter:
    """Collects the parts of a mail."""

    def __init__(self, data: mmap.mmap | bytes, attachments: Attachments, *, chars_max: int) -> None:
        self.chars = 0
        """About how many there are by now."""
        self.is_cut = False
        """Did it have too many parts?"""
        self._data = data
        self._attachments = attachments
        self._chars_max = chars_max
        self._passages: list[_Passage] = []
        self._has_body = False
        self._has_encrypted = False
        self._has_damaged = False

    def add(self, part: Part) -> None:
        """The next part."""
        headers = part.headers
        if part.is_message:
            self._add(_Passage("\n".join(_lines(headers))))
        elif _is_encrypted(part):
            self._has_encrypted = True
        elif is_text(headers):
            self._add_text(part)
        elif headers.is_attachment or not headers.media_type.startswith(_WITHOUT_TEXT):
            self._add_attachment(part)

    def text(self) -> str:
        """All of it, in the order of the mail, without the alternatives that say the same once more.

        Raises CannotExtractError (DOCUMENT_ENCRYPTED) if what it says can't be read.
        """
        if self._has_encrypted and not self._has_body:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the mail is encrypted")
        best: dict[int, tuple[int, int]] = {}
        for passage in self._passages:
            if passage.text.strip():
                _compare(passage, best)
        shown = (passage.text for passage in self._passages if _is_shown(passage, best))
        return "\n\n".join(text for text in shown if text.strip())

    def warnings(self) -> Iterator[str]:
        """What the text lacks."""
        if self._has_encrypted:
            yield "a part of the mail is encrypted and was left out"
        if self._has_damaged:
            yield "a part of the mail is damaged; what could not be decoded was left out"
        if self.is_cut:
            yield "the mail has too many parts; the last ones were left out"

    def _add(self, passage: _Passage) -> None:
        self._passages.append(passage)
        self.chars += len(passage.text)

    def _add_text(self, part: Part) -> None:
        headers = part.headers
        read = text_of(part, self._data, chars_max=self._chars_max)
        text, is_encrypted = without_encrypted(read.text)
        self._has_encrypted = self._has_encrypted or is_encrypted
        self._has_damaged = self._has_damaged or read.is_damaged
        if is_encrypted and not text.strip():
            return
        if headers.is_attachment:
            self._add(_Passage(f"{_name_line(headers)}\n{text}"))
            return
        self._has_body = self._has_body or bool(text.strip())
        rank = (headers.media_type == "text/plain") + 2 * (headers.media_type in HTML)
        self._add(_Passage(text, part.place.alternative, rank))

    def _add_attachment(self, part: Part) -> None:
        headers, text = part.headers, ""
        if not headers.media_type.startswith(_WITHOUT_TEXT):
            text = self._attachments.text_of(part, chars_left=self._chars_max - self.chars)
        line = _name_line(headers)
        self._add(_Passage(f"{line}\n{text}" if text else line))


def _lines(headers: Headers) -> Iterator[str]:
    for name, label in _SHOWN.items():
        if text := headers.text(name):
            yield f"{label}: {text}"


def _name_line(headers: Headers) -> str:
    return f"Attachment: {headers.file_name or headers.media_type}"


def _is_encrypted(part: Part) -> bool:
    if part.place.is_encrypted:
        return True
    return part.headers.media_type in _ENCRYPTED and part.headers.parameter("smime-type").lower() != _SIGNED


def _compare(passage: _Passage, best: dict[int, tuple[int, int]]) -> None:
    """Note the passage where it is the best so far: in the alternative it stands in, and in those around."""
    alternative = passage.alternative
    while alternative:
        container, branch = alternative
        if best.get(id(container), (-1, -1)) >= (passage.rank, branch):
            # Then what is better stands in the same branch of all those around.
            return
        best[id(container)] = (passage.rank, branch)
        alternative = container.alternative


def _is_shown(passage: _Passage, best: dict[int, tuple[int, int]]) -> bool:
    alternative = passage.alternative
    while alternative:
        container, branch = alternative
        if best.get(id(container), (0, branch))[1] != branch:
            return False
        alternative = container.alternative
    return True
