"""Blobs as files ab/cd/abcd..., written aside, synced, and then moved there: each is whole or not at all."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, TypeVar

from octavo_server.blobs.durable import make_folder, sync_folder, telling_when_full, write_all
from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import BlobKey

THREADS = 4
"""So that a small read need not wait until a large document is on disk."""

INCOMING = "incoming"
"""The folder of files that are being written. What a crash leaves in it is deleted at the next start."""

_KEY = re.compile(r"[0-9a-f]{32}")

T = TypeVar("T")


class DiskBlobs:
    """Keeps blobs in a folder, which it makes. One process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="blobs")
        self._prepared = self._threads.submit(self._prepare)

    async def put(self, key: BlobKey, data: bytes) -> None:
        """See ports.blobs."""
        await self._run(lambda: self._write(key, data))

    async def open(self, key: BlobKey) -> BinaryIO:
        """See ports.blobs."""
        return await self._run(lambda: self._open(key))

    async def read(self, key: BlobKey, *, offset: int, chunk_bytes_max: int) -> AsyncGenerator[bytes, None]:
        """See ports.blobs."""
        file = await self.open(key)
        try:
            await self._run(lambda: file.seek(offset))
            while chunk := await self._run(lambda: file.read(chunk_bytes_max)):
                yield chunk
        finally:
            file.close()

    async def delete(self, keys: Collection[BlobKey]) -> None:
        """See ports.blobs."""
        paths = [self._path(key) for key in keys]
        await self._run(lambda: _unlink(paths))

    async def keys(self) -> AsyncGenerator[BlobKey, None]:
        """See ports.blobs."""
        for outer in await self._run(lambda: sorted(self._folder.glob("[0-9a-f][0-9a-f]"))):
            for key in await self._run(lambda outer=outer: _keys_below(outer)):  # type: ignore[misc]  # bound early
                yield key

    def link(self, source: Path, key: BlobKey) -> None:
        """Make a file a blob without copying it, durable on return. Blocks: for other owners of threads."""
        self._prepared.result()
        path = self._path(key)
        make_folder(path.parent)
        path.hardlink_to(source)
        sync_folder(path.parent)

    async def close(self) -> None:
        """Finish what was begun. Idempotent."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _prepare(self) -> None:
        incoming = self._folder / INCOMING
        make_folder(incoming)
        for leftover in incoming.iterdir():
            leftover.unlink()

    def _write(self, key: BlobKey, data: bytes) -> None:
        self._prepared.result()
        path = self._path(key)
        incoming = self._folder / INCOMING / key
        try:
            with telling_when_full(), incoming.open("wb", buffering=0) as file:
                write_all(file, data)
                os.fsync(file.fileno())
            make_folder(path.parent)
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


def _keys_below(outer: Path) -> list[BlobKey]:
    return [BlobKey(path.name) for path in sorted(outer.glob("*/*")) if _KEY.fullmatch(path.name)]


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
