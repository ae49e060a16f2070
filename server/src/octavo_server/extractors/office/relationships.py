"""Which parts of an Office Open XML document belong together (ECMA-376-2, 6.5)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo_server.extractors.office.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One part's pointer to another."""

    identity: str
    kind: str
    """The last word of its type, like "header"; the rest of it tells the edition of the standard."""
    target: str
    """The part's name in the archive."""


def relationships(archive: Archive, part: str) -> Sequence[Relationship]:
    """What `part` points to inside the document, in its order; the document's own with an empty `part`."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found: list[Relationship] = []

    def start(attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            target = unquote(attributes.get("Target", "")).replace("\\", "/")
            found.append(
                Relationship(
                    identity=attributes.get("Id", ""),
                    kind=attributes.get("Type", "").rpartition("/")[2],
                    target=posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"),
                )
            )

    if listed in archive:
        Reader(starts={"Relationship": start}, ends={}).read(archive.index(listed))
    return found


def targets(found: Sequence[Relationship], *kinds: str) -> Sequence[str]:
    """The parts of these kinds, each once."""
    return tuple(dict.fromkeys(one.target for one in found if one.kind in kinds))
