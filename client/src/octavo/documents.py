"""A document to submit: bytes, or a file that is never held in memory whole."""

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from io import BufferedIOBase

MIB = 1024 * 1024
INLINE_BYTES_MAX = 2 * MIB
"""What fits into one Process call; larger documents are uploaded."""


class Document:
    """Where the bytes are. File access happens in a thread, off the event loop."""

    def __init__(self, source: str | os.PathLike[str] | bytes) -> None:
        self._content = source if isinstance(source, bytes) else None
        self._path = None if isinstance(source, bytes) else Path(source)

    @property
    def name(self) -> str:
        """The file's name; empty for bytes."""
        return self._path.name if self._path else ""

    async def inline(self) -> bytes | None:
        """The whole document if it fits into one call, else None. Raises OSError."""
        if self._content is not None:
            return self._content if len(self._content) <= INLINE_BYTES_MAX else None
        return await asyncio.to_thread(self._inline_file)

    async def open(self) -> BufferedIOBase:
        """For reading in a thread; the caller closes it. Raises OSError."""
        return await asyncio.to_thread(self._open)

    async def sha256(self) -> bytes:
        """The digest, read through in a thread. Raises OSError."""
        return await asyncio.to_thread(self._sha256)

    def _inline_file(self) -> bytes | None:
        with self._open() as file:
            # One byte more tells whether there is more, without trusting a size that may change.
            content = file.read(INLINE_BYTES_MAX + 1)
        return content if len(content) <= INLINE_BYTES_MAX else None

    def _open(self) -> BufferedIOBase:
        return self._path.open("rb") if self._path else BytesIO(self._content or b"")

    def _sha256(self) -> bytes:
        with self._open() as file:
            return hashlib.file_digest(file, "sha256").digest()
