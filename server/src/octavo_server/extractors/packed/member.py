"""What an archive has inside."""

from dataclasses import dataclass

from octavo_server.domain.limits import MIB
from octavo_server.extractors.allowance import MEMBERS_MAX, UNPACKED_BYTES_MAX
from octavo_server.extractors.base import CannotExtractError, Document, RefusalError

MEMBER_BYTES_MAX = 64 * MIB
"""Of one file, unpacked: it is held in memory, and so are the archives it is in."""
_LEFT_OUT_FOLDER = "__MACOSX"
_LEFT_OUT_NAME = ".DS_Store"
_LEFT_OUT_START = "._"
"""What macOS adds to archives: how its Finder shows the other files."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    name: str
    """Its path there."""
    content: bytes = b""
    why_not: CannotExtractError | None = None
    """Why its content could not be unpacked."""


def is_shown(name: str) -> bool:
    """Is it a file that somebody put there?"""
    *folders, last = name.split("/")
    is_added = last == _LEFT_OUT_NAME or last.startswith(_LEFT_OUT_START) or _LEFT_OUT_FOLDER in folders
    return bool(last) and not is_added


def take_member(document: Document) -> None:
    """Count one more file. Raises RefusalError (DOCUMENT_TOO_LARGE)."""
    document.allowance.members_left -= 1
    if document.allowance.members_left < 0:
        raise too_many()


def take_bytes(document: Document, count: int) -> None:
    """Count what was unpacked. Raises RefusalError (DOCUMENT_TOO_LARGE)."""
    document.allowance.bytes_left -= count
    if document.allowance.bytes_left < 0:
        raise RefusalError("DOCUMENT_TOO_LARGE", f"the archive unpacks to more than {UNPACKED_BYTES_MAX // MIB:,} MB")


def too_many() -> RefusalError:
    """The error for an archive with more files than are read."""
    return RefusalError("DOCUMENT_TOO_LARGE", f"the archive has more than {MEMBERS_MAX:,} files")


def too_large() -> CannotExtractError:
    """The error for a file with more bytes than are read."""
    return CannotExtractError("DOCUMENT_TOO_LARGE", f"it unpacks to more than {MEMBER_BYTES_MAX // MIB} MB")


def damaged(how: str) -> CannotExtractError:
    """The error for an archive that can't be followed."""
    return CannotExtractError("DOCUMENT_DAMAGED", f"the archive is damaged: {how}")
