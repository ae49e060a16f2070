"""Mail as it is sent and stored: .eml (RFC 5322)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report
from octavo_server.extractors.members import Members
from octavo_server.extractors.mime.attachments import Attachments
from octavo_server.extractors.mime.letter import Letter
from octavo_server.extractors.mime.parts import Parts
from octavo_server.extractors.xberg_metadata import instant

if TYPE_CHECKING:
    from octavo_server.extractors.members import ReadMember
    from octavo_server.extractors.mime.headers import Headers

PARTS_MAX = 10_000
_OF_A_MAIL = ("from", "to", "subject", "date", "received", "message-id", "mime-version", "content-type")
"""One of them is in any mail; nothing else tells a mail from a text."""
_MORE = ("to", "cc", "bcc", "reply-to", "sender", "message-id", "in-reply-to", "organization", "x-mailer", "user-agent")


class Mail:
    """Reads headers, bodies and attachments; of those that have no text, only the name.

    Of several versions of one text (multipart/alternative) the richest that has words: HTML before plain text.
    """

    name = "mail"

    def __init__(self, *, read_member: ReadMember) -> None:
        self._read_member = read_member

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT.

        Raises RefusalError (OUTPUT_TOO_LARGE) for attachments with more text than may be.
        """
        data, size = document.data, document.size_bytes
        attachments = Attachments(data, Members(document, self._read_member, chars_max=chars_max))
        letter = Letter(data, attachments, chars_max=chars_max)
        first: Headers | None = None
        for count, part in enumerate(Parts(data)):
            if first is None:
                first = _checked(part.headers)
            if count == PARTS_MAX or letter.chars > chars_max:
                letter.is_cut = count == PARTS_MAX
                break
            letter.add(part)
            report(Progress("byte", part.end, size))
        report(Progress("byte", size, size))
        assert first is not None, "a mail has headers, if only empty ones"
        text, warnings = letter.text(), (*letter.warnings(), *attachments.warnings())
        return Extracted(text=text, warnings=warnings, metadata=_metadata(first))

    def warm_up(self) -> None:
        """There is nothing to load."""


def _checked(headers: Headers) -> Headers:
    if not any(name in headers for name in _OF_A_MAIL):
        raise CannotExtractError("DOCUMENT_DAMAGED", "the document is damaged or not a mail: it has no headers")
    return headers


def _metadata(headers: Headers) -> DocumentMetadata:
    return DocumentMetadata(
        media_type="message/rfc822",
        title=headers.text("subject"),
        author=headers.text("from"),
        create_time=instant(headers.text("date")),
        language=headers.text("content-language"),
        more={name: text for name in _MORE if (text := headers.text(name))},
    )
