"""Parts of other formats within a word document, such as HTML (ECMA-376-1, 11.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.members import Members, shown
from octavo_server.extractors.packed.member import MEMBER_BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo_server.extractors.base import Document
    from octavo_server.extractors.members import ReadMember
    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow


class ForeignParts:
    """Reads each by whatever extractor it needs. One that can't be read is told, and fails no other."""

    def __init__(self, document: Document, archive: Archive, read_member: ReadMember | None, *, chars_max: int) -> None:
        """Without `read_member` none is read, and each is told."""
        self._archive = archive
        self._members = Members(document, read_member or _unread, chars_max=chars_max)

    def read(self, part: str, flow: Flow) -> None:
        """Its text as paragraphs. Raises RefusalError (OUTPUT_TOO_LARGE), and what Archive.chunks does."""
        if not self._archive.finds(part):
            return
        if self._archive.size_bytes(part) > MEMBER_BYTES_MAX:
            self._members.without_type.append(part)
            return
        with self._archive.tolerating(part):
            content = b"".join(self._archive.chunks(part))
            extracted = self._members.read(part, content, chars_left=flow.chars_max - flow.chars)
            if extracted:
                flow.write_paragraph(extracted.text.strip("\n"))

    def warnings(self) -> Sequence[str]:
        """What could not be read, and why."""
        first, *more = self._members.without_type or [""]
        also = f", as {len(more)} more," if more else ""
        foreign = [f"its part {shown(first)}{also} is of another format and was left out"] if first else []
        return [*foreign, *self._members.warnings()]


def _unread(_document: Document, _chars_max: int) -> None:
    """Of no type that is read."""
