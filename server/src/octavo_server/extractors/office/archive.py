"""The zip archive that an office document is."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from octavo_server.domain.limits import MIB
from octavo_server.extractors.allowance import UNPACKED_BYTES_MAX
from octavo_server.extractors.base import CannotExtractError, Document, RefusalError
from octavo_server.extractors.document_file import DocumentFile
from octavo_server.extractors.members import shown
from octavo_server.extractors.ole import MAGIC
from octavo_server.extractors.zip_names import directory_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INDEX_BYTES_MAX = 16 * MIB
"""Of a part that is kept in memory as a whole: pointers, styles, names. The largest of honest documents have 2 MB."""
DIRECTORY_BYTES_MAX = 8 * MIB
"""Of the list of parts, which is read at once: some 80,000 parts, 50 MB of memory."""
_CHUNK_BYTES = 65_536
_IS_ENCRYPTED = 0x1
"""APPNOTE.TXT 4.4.4: bit 0 of an entry's flags."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP = b"PK"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""MS-OFFCRYPTO 2.3.4.4: the stream of an OLE file that holds an encrypted office document."""


class Archive:
    """The parts of an office document by name, in lower case: Office Open XML takes them so (ECMA-376-2, 6.2.2.3)."""

    def __init__(self, document: Document) -> None:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED; RefusalError (DOCUMENT_TOO_LARGE)."""
        _check(document)
        try:
            self._zip = zipfile.ZipFile(DocumentFile(document))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise _damaged("its list of parts can't be read") from None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._zip.infolist():
            self._entries.setdefault(_normal(entry.filename), entry)
        self._allowance = document.allowance
        self._damaged: dict[str, None] = {}
        self._missing: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._entries

    def size_bytes(self, name: str) -> int:
        """How large a part is, unpacked; 0 if it isn't there."""
        entry = self._entries.get(_normal(name))
        return entry.file_size if entry else 0

    def names(self, *, folder: str) -> Sequence[str]:
        """The parts in `folder` and below it, in lower case."""
        return [name for name in self._entries if name.startswith(folder)]

    @property
    def damaged(self) -> Sequence[str]:
        """The parts whose reading ended early, each once."""
        return tuple(self._damaged)

    @property
    def missing(self) -> Sequence[str]:
        """The parts that were looked for in vain, each once."""
        return tuple(self._missing)

    def finds(self, name: str) -> bool:
        """Is a part there that another one points to? One that isn't is told as missing."""
        if name in self:
            return True
        self._missing[name] = None
        return False

    @contextmanager
    def tolerating(self, name: str) -> Iterator[None]:
        """Within, a damaged part `name` ends its own reading only: what was read of it stays, the rest is left out."""
        try:
            yield
        except CannotExtractError as failure:
            if failure.reason != "DOCUMENT_DAMAGED":
                raise
            self._damaged[name] = None

    def index(self, name: str) -> Iterator[bytes]:
        """The bytes of a part that is to be kept as a whole.

        Raises what `chunks` does; RefusalError (DOCUMENT_TOO_LARGE) if it has more than `INDEX_BYTES_MAX`.
        """
        if self.size_bytes(name) > INDEX_BYTES_MAX:
            raise RefusalError(
                "DOCUMENT_TOO_LARGE", f"the document's part {shown(name)} has more than {INDEX_BYTES_MAX // MIB} MB"
            )
        return self.chunks(name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes, 64 KiB at a time.

        Raises CannotExtractError if it isn't there, is encrypted or damaged; RefusalError (DOCUMENT_TOO_LARGE) if
        all that was unpacked from the submitted document has more than `UNPACKED_BYTES_MAX`.
        """
        entry = self._entries.get(_normal(name))
        if entry is None:
            raise _damaged(f"its part {shown(name)} is missing")
        if entry.flag_bits & _IS_ENCRYPTED:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
        if entry.compress_type not in _METHODS:
            # OPC and OpenDocument allow these two only; others unpack without a limit at each step.
            raise _damaged(f"its part {shown(name)} is packed in a way that office documents are not")
        # The size is what the archive says; zipfile unpacks no more than that.
        self._check_allowance(entry.file_size)
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    self._check_allowance(len(chunk))
                    self._allowance.bytes_left -= len(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
            raise _damaged(f"its part {shown(name)} can't be unpacked") from None

    def start(self, name: str, *, bytes_max: int) -> bytes:
        """A part's first bytes; empty if it isn't there."""
        if name not in self:
            return b""
        return next(self.chunks(name), b"")[:bytes_max]

    def _check_allowance(self, size_bytes: int) -> None:
        if size_bytes > self._allowance.bytes_left:
            raise RefusalError(
                "DOCUMENT_TOO_LARGE", f"the document unpacks to more than {UNPACKED_BYTES_MAX // MIB:,} MB"
            )


def _check(document: Document) -> None:
    """The errors that can be told best before the archive is opened."""
    data = document.data
    if data[: len(MAGIC)] == MAGIC:
        if data.find(_ENCRYPTED_PACKAGE) >= 0:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
        raise _damaged("it is not the zip archive that its name promises")
    place = directory_place(data)
    if place is None:
        if data[: len(_ZIP)] == _ZIP:
            raise _damaged("the end of the file is missing")
        raise _damaged("it is not the zip archive that its name promises")
    _, directory_bytes = place
    if directory_bytes > DIRECTORY_BYTES_MAX:
        raise RefusalError("DOCUMENT_TOO_LARGE", "the document is an archive of too many parts")


def _normal(name: str) -> str:
    # Some programs of the past wrote the backslashes of their system.
    return name.replace("\\", "/").lstrip("/").lower()


def _damaged(how: str) -> CannotExtractError:
    return CannotExtractError("DOCUMENT_DAMAGED", f"the document is damaged: {how}")
