"""The texts of what is inside a document: the files of an archive, the attachments of a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.allowance import DEPTH_MAX
from octavo_server.extractors.base import BLANK, CannotExtractError, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from octavo_server.extractors.base import Document, Extracted

    ReadMember = Callable[[Document, int], Extracted | None]
    """Reads a member, at most so many characters of it; None if it is of no type that has text.

    Raises RefusalError.
    """

NAME_CHARS_MAX = 300
WARNINGS_MAX = 10
"""What is wrong with more members than that is only counted."""
_ENCRYPTED = "DOCUMENT_ENCRYPTED"
_TOO_MUCH_TEXT = "OUTPUT_TOO_LARGE"


class Members:
    """Reads one after another, by whatever extractor it needs. One that can't be read is told, and fails no other."""

    def __init__(self, document: Document, read_member: ReadMember, *, chars_max: int) -> None:
        self.encrypted = 0
        """How many could not be read since nobody has the password."""
        self.without_type: list[str] = []
        """The names of those of no type that has text."""
        self._document = document
        self._read_member = read_member
        self._chars_max = chars_max
        self._warnings: list[str] = []
        self._untold = 0

    def read(self, name: str, content: bytes, *, chars_left: int) -> Extracted | None:
        """A member's text and what else it has; None if it has no text, or can't be read: the warnings tell why.

        Raises RefusalError (OUTPUT_TOO_LARGE) for more than `chars_left` characters.
        """
        if not content:
            return None
        if self._document.depth >= DEPTH_MAX:
            self.warn(name, f"documents inside others are read {DEPTH_MAX} deep, and no deeper")
            return None
        try:
            extracted = self._read_member(self._document.member(name, content), max(0, chars_left))
        except RefusalError as refusal:
            if refusal.reason == _TOO_MUCH_TEXT:
                raise RefusalError(
                    _TOO_MUCH_TEXT, f"the document has more than {self._chars_max:,} characters of text"
                ) from None
            if refusal.message != BLANK:
                self.fail(name, refusal)
            return None
        if extracted is None:
            self.without_type.append(name)
            return None
        for warning in extracted.warnings:
            self.warn(name, warning)
        return extracted

    def fail(self, name: str, failure: CannotExtractError | RefusalError) -> None:
        """Note that a member can't be read."""
        self.encrypted += failure.reason == _ENCRYPTED
        self.warn(name, failure.message)

    def warn(self, name: str, message: str) -> None:
        """Note what is wrong with a member."""
        if len(self._warnings) < WARNINGS_MAX:
            self._warnings.append(f"{shown(name)}: {message}")
        else:
            self._untold += 1

    def warnings(self) -> Sequence[str]:
        """What was noted."""
        more = [f"{self._untold:,} more warnings like these"] if self._untold else []
        return [*self._warnings, *more]


def shown(name: str) -> str:
    """A member's name for people, in one line: a hostile document chose it."""
    return "".join(char if char.isprintable() else " " for char in name[:NAME_CHARS_MAX])
