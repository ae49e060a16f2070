"""The files in a zip archive."""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from octavo_server.domain.limits import MIB
from octavo_server.extractors.allowance import MEMBERS_MAX
from octavo_server.extractors.base import CannotExtractError, Document, RefusalError
from octavo_server.extractors.document_file import DocumentFile
from octavo_server.extractors.packed.member import (
    MEMBER_BYTES_MAX,
    Member,
    damaged,
    is_shown,
    take_bytes,
    take_member,
    too_large,
    too_many,
)
from octavo_server.extractors.zip_names import directory_place, zip_names

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTORY_BYTES_MAX = 8 * MIB
"""Of the list of files, which is read at once; ten thousand take 1 or 2 MB."""
_ENTRY = b"PK\x01\x02"
_CHUNK_BYTES = 256 * 1024
_IS_ENCRYPTED = 0x1
_IS_UTF_8 = 0x800
"""APPNOTE.TXT 4.4.4: bits 0 and 11 of an entry's flags."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others can't be unpacked without a limit at each step."""


class ZipMembers:
    """Reads them in the order of the archive's list. Links and folders are left out."""

    def __init__(self, document: Document) -> None:
        """Raises CannotExtractError (DOCUMENT_DAMAGED), RefusalError (DOCUMENT_TOO_LARGE)."""
        self._document = document
        _check(document)
        try:
            self._zip = zipfile.ZipFile(DocumentFile(document))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise damaged("its list of files can't be read") from None
        self._entries = [entry for entry in self._zip.infolist() if _is_file(entry)]
        if len(self._entries) > MEMBERS_MAX:
            raise too_many()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Member]:
        """Each with its content. Raises RefusalError (DOCUMENT_TOO_LARGE) if that is too much together."""
        for entry in self._entries:
            take_member(self._document)
            try:
                yield Member(_name(entry), self._content(entry))
            except CannotExtractError as failure:
                yield Member(_name(entry), why_not=failure)

    def _content(self, entry: zipfile.ZipInfo) -> bytes:
        if entry.flag_bits & _IS_ENCRYPTED:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "it is encrypted")
        if entry.compress_type not in _METHODS:
            raise CannotExtractError("DOCUMENT_DAMAGED", "it is packed in a way that can't be read here")
        if entry.file_size > MEMBER_BYTES_MAX:
            # That is what the archive says; zipfile unpacks no more.
            raise too_large()
        try:
            return b"".join(self._chunks(entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
            raise CannotExtractError("DOCUMENT_DAMAGED", "it can't be unpacked") from None

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        with self._zip.open(entry) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                take_bytes(self._document, len(chunk))
                yield chunk


def _check(document: Document) -> None:
    place = directory_place(document.data)
    if place is None:
        raise damaged("the end of the file is missing")
    if zip_names(document.data).count(_ENTRY) > 2 * MEMBERS_MAX:
        # As many folders as files are fine.
        raise too_many()
    if place[1] > DIRECTORY_BYTES_MAX:
        raise RefusalError(
            "DOCUMENT_TOO_LARGE", f"the archive has too many files: their list has over {DIRECTORY_BYTES_MAX // MIB} MB"
        )


def _is_file(entry: zipfile.ZipInfo) -> bool:
    # The upper half is the mode where a Unix wrote it, else zero.
    return not stat.S_ISLNK(entry.external_attr >> 16) and is_shown(entry.filename)


def _name(entry: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so."""
    if entry.flag_bits & _IS_UTF_8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename
