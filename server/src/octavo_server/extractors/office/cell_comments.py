"""Comments on cells: notes (ECMA-376-1, 18.7) and threads of them (MS-XLSX 2.6.203)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.office.flow import Heard
from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive
    from octavo_server.extractors.office.flow import Flow

_THREAD = "tc="
"""MS-XLSX 2.6.203: such an author's note only tells programs of the past that there is a thread."""


def read_cell_comments(archive: Archive, part: str, flow: Flow) -> None:
    """A paragraph for each note. It mostly starts with who made it: programs write that into the text."""
    authors = [0]
    threads: set[str] = set()
    heard = Heard(chars_max=flow.chars_max)

    def listen(_attributes: Mapping[str, str]) -> None:
        reader.listen(heard.write)

    def end_author() -> None:
        reader.listen(None)
        if heard.take().startswith(_THREAD):
            threads.add(str(authors[0]))
        authors[0] += 1

    def start(attributes: Mapping[str, str]) -> None:
        if attributes.get("authorId") in threads:
            reader.skip()

    def end() -> None:
        flow.write(heard.take().strip())
        flow.close_paragraph()

    reader = Reader(
        starts={"author": listen, "comment": start, "t": listen, "rPh": lambda _attributes: reader.skip()},
        ends={"author": end_author, "comment": end, "t": lambda: reader.listen(None)},
    )
    if archive.finds(part):
        reader.read(archive.chunks(part))


def read_persons(archive: Archive, part: str) -> Mapping[str, str]:
    """The names of those who take part in threads, by the identity that threads give."""
    names: dict[str, str] = {}

    def start(attributes: Mapping[str, str]) -> None:
        names[attributes.get("id", "")] = attributes.get("displayName", "")

    if archive.finds(part):
        Reader(starts={"person": start}, ends={}).read(archive.index(part))
    return names


def read_threads(archive: Archive, part: str, flow: Flow, *, persons: Mapping[str, str]) -> None:
    """A paragraph for each comment and each answer: who, and what."""

    def start(attributes: Mapping[str, str]) -> None:
        person = persons.get(attributes.get("personId", ""))
        if person:
            flow.write(f"{person}: ")

    def listen(_attributes: Mapping[str, str]) -> None:
        reader.listen(flow.write)

    reader = Reader(
        starts={"threadedComment": start, "text": listen},
        ends={"text": lambda: reader.listen(None), "threadedComment": flow.close_paragraph},
    )
    if archive.finds(part):
        reader.read(archive.chunks(part))
