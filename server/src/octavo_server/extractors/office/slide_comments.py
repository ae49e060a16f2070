"""Comments on slides, of the first kind (ECMA-376-1, 19.4) and of the second (MS-PPTX 2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow


def read_authors(archive: Archive, part: str) -> Mapping[str, str]:
    """The names of those who commented, by the identity that comments give."""
    names: dict[str, str] = {}

    def start(attributes: Mapping[str, str]) -> None:
        names[attributes.get("id", "")] = attributes.get("name", "")

    if archive.finds(part):
        Reader(starts={"p:cmAuthor": start, "p188:author": start}, ends={}).read(archive.index(part))
    return names


def read_comments(archive: Archive, part: str, flow: Flow, *, authors: Mapping[str, str]) -> None:
    """A paragraph for each comment and each answer: who, and what."""

    def start(attributes: Mapping[str, str]) -> None:
        flow.close_paragraph()
        author = authors.get(attributes.get("authorId", ""))
        if author:
            flow.write(f"{author}: ")

    def listen(_attributes: Mapping[str, str]) -> None:
        reader.listen(flow.write)

    def end() -> None:
        reader.listen(None)

    reader = Reader(
        starts={"p:cm": start, "p188:cm": start, "p188:reply": start, "p:text": listen, "a:t": listen},
        ends={"p:text": end, "a:t": end, "a:p": flow.close_paragraph, "p:cm": flow.close_paragraph},
    )
    if archive.finds(part):
        reader.read(archive.chunks(part))
        flow.close_paragraph()
