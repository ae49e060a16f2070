"""Blobs as files ab/cd/abcd..., written aside, synced, and then moved there: each is whole or not at all."""

import os
import re
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from octavo_server.blobs.durable import Folders, sync_folder, telling_when_full, write_all
from octavo_server.blobs.threads import OwnedThreads
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey, Instant

THREADS = 4
"""So that a small read need not wait until a large document is on disk."""

INCOMING = "incoming"
"""The folder of files that are being written. What a crash leaves in it is deleted at the next start."""

COPY_BYTES = 1024 * 1024
"""Copied at once from a file."""

_KEY = re.compile(r"[0-9a-f]{32}")


class DiskBlobs:
    """Keeps blobs in a folder, which it makes. One process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # At most 65,536 below it, by the layout.
        self._folders = Folders(folder)
        self._threads = OwnedThreads(THREADS, "blobs")
        self._prepared = self._threads.start(self._prepare)

    async def put(self, key: BlobKey, data: bytes | BinaryIO) -> None:
        """See ports.blobs."""
        await self._threads.run(lambda: self._write(key, data))

    async def open(self, key: BlobKey) -> BinaryIO:
        """See ports.blobs."""
        return await self._threads.run(lambda: self._open(key))

    async def read(self, key: BlobKey, *, offset: int, chunk_bytes_max: int) -> AsyncGenerator[bytes, None]:
        """See ports.blobs."""
        file = await self.open(key)
        try:
            await self._threads.run(lambda: file.seek(offset))
            while chunk := await self._threads.run(lambda: file.read(chunk_bytes_max)):
                yield chunk
        finally:
            file.close()

    async def delete(self, keys: Collection[BlobKey]) -> None:
        """See ports.blobs."""
        paths = [self._path(key) for key in keys]
        await self._threads.run(lambda: _unlink(paths))

    async def keys(self, *, before: Instant | None = None) -> AsyncGenerator[BlobKey, None]:
        """See ports.blobs."""
        for outer in await self._threads.run(lambda: sorted(self._folder.glob("[0-9a-f][0-9a-f]"))):
            for key in await self._threads.run(partial(_keys_below, outer, before)):
                yield key

    def link(self, source: Path, key: BlobKey) -> None:
        """Make a file a blob without copying it, durable on return. Blocks: for other owners of threads."""
        self._prepared.result()
        path = self._path(key)
        self._folders.make(path.parent)
        path.hardlink_to(source)
        sync_folder(path.parent)

    async def close(self) -> None:
        """Finish what was begun. Idempotent."""
        await self._threads.close()

    def _prepare(self) -> None:
        incoming = self._folder / INCOMING
        self._folders.make(incoming)
        for leftover in incoming.iterdir():
            leftover.unlink()

    def _write(self, key: BlobKey, data: bytes | BinaryIO) -> None:
        self._prepared.result()
        path = self._path(key)
        incoming = self._folder / INCOMING / key
        try:
            with telling_when_full(), incoming.open("wb", buffering=0) as file:
                for piece in _pieces(data):
                    write_all(file, piece)
                os.fsync(file.fileno())
            self._folders.make(path.parent)
            incoming.rename(path)
        except BaseException:
            incoming.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

    def _open(self, key: BlobKey) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise NotFoundError("blob", key) from None

    def _path(self, key: BlobKey) -> Path:
        # Keys are made here, by the use cases; still, what becomes a path is looked at.
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a blob key: {key!r}")
        return self._folder / key[:2] / key[2:4] / key


def _pieces(data: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    data.seek(0)
    while piece := data.read(COPY_BYTES):
        yield piece


def _keys_below(outer: Path, before: Instant | None) -> list[BlobKey]:
    paths = [path for path in sorted(outer.glob("*/*")) if _KEY.fullmatch(path.name)]
    return [BlobKey(path.name) for path in paths if before is None or _is_older(path, before)]


def _is_older(path: Path, time: Instant) -> bool:
    try:
        return path.stat().st_mtime < time
    except FileNotFoundError:
        # Deleted since it was listed.
        return False


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
