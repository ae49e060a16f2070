"""A document as Python's libraries want a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from octavo_server.extractors.base import Document


class DocumentFile(io.RawIOBase):
    """Reads at places of its own: the document's descriptor is shared with others."""

    def __init__(self, document: Document) -> None:
        self._data = document.data
        self._position = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The same as for any file. Raises OSError for a place before the start: zipfile tries some."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._data)}[whence]
        if start + offset < 0:
            raise OSError("before the start of the document")
        self._position = start + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes; all that are left, if it is negative or None."""
        end = None if size is None or size < 0 else self._position + size
        data = self._data[self._position : end]
        self._position += len(data)
        return data
