"""Parts of an EPUB that describe the others, and how they refer to them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from octavo_server.domain.limits import MIB
from octavo_server.extractors.base import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from octavo_server.extractors.office.archive import Archive

PART_BYTES_MAX = 16 * MIB
"""The longest content lists of real books have 1 MB."""


def part(archive: Archive, path: str) -> Iterator[bytes]:
    """The bytes of such a part.

    Raises RefusalError (DOCUMENT_TOO_LARGE); CannotExtractError if it is missing or damaged.
    """
    if archive.size_bytes(path) > PART_BYTES_MAX:
        raise RefusalError(
            "DOCUMENT_TOO_LARGE", f"the book's {posixpath.basename(path)} has more than {PART_BYTES_MAX // MIB} MB"
        )
    return archive.chunks(path)


def resolved(folder: str, reference: str) -> str:
    """The path inside the archive that a reference means: percent-decoded, relative, without its fragment."""
    path = unquote(reference.partition("#")[0].strip())
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
