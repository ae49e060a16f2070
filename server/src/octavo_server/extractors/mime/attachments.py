"""The documents attached to a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.domain.limits import MIB
from octavo_server.extractors.base import CannotExtractError
from octavo_server.extractors.members import shown
from octavo_server.extractors.mime.encodings import decoded

if TYPE_CHECKING:
    import mmap
    from collections.abc import Sequence

    from octavo_server.extractors.members import Members
    from octavo_server.extractors.mime.parts import Part

ATTACHMENT_BYTES_MAX = 16 * MIB
"""Of one, decoded. What mail servers take is mostly less than 25 MB for the whole mail."""
ATTACHMENTS_BYTES_MAX = 64 * MIB
"""Of all together."""
_NAMED_MAX = 5
_BASE64_SHARE = 0.75
"""Four digits are three bytes."""


class Attachments:
    """Reads one after another, each by whatever extractor it needs."""

    def __init__(self, data: mmap.mmap | bytes, members: Members) -> None:
        self._data = data
        self._members = members
        self._bytes_left = ATTACHMENTS_BYTES_MAX

    def text_of(self, part: Part, *, chars_left: int) -> str:
        """What an attachment says; empty if it has no text or can't be read: the warnings tell why.

        Raises RefusalError (OUTPUT_TOO_LARGE) for more than `chars_left` characters.
        """
        name = part.headers.file_name or part.headers.media_type
        how = part.headers.token("content-transfer-encoding")
        size = int((part.end - part.start) * (_BASE64_SHARE if how == "base64" else 1))
        if size > min(ATTACHMENT_BYTES_MAX, self._bytes_left):
            self._members.fail(name, _too_large(size))
            return ""
        self._bytes_left -= size
        content, _ = decoded(self._data[part.start : part.end], how)
        extracted = self._members.read(name, content, chars_left=chars_left)
        return extracted.text.strip("\n") if extracted else ""

    def warnings(self) -> Sequence[str]:
        """What was left out, and why."""
        names = self._members.without_type
        if not names:
            return self._members.warnings()
        more = ", ..." if len(names) > _NAMED_MAX else ""
        listed = ", ".join(map(shown, names[:_NAMED_MAX])) + more
        return [*self._members.warnings(), f"{len(names)} attachments are of a type that has no text here: {listed}"]


def _too_large(size: int) -> CannotExtractError:
    what = (
        f"it has more than {ATTACHMENT_BYTES_MAX // MIB} MB"
        if size > ATTACHMENT_BYTES_MAX
        else f"the attachments together have more than {ATTACHMENTS_BYTES_MAX // MIB} MB"
    )
    return CannotExtractError("DOCUMENT_TOO_LARGE", f"{what}; its text was left out")
