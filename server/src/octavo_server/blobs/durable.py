"""File operations that are on disk when they return. They block: call them on an owned thread."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from octavo_server.domain.errors import ResourceExhaustedError

DISK_RETRY_SECONDS = 10.0


@contextmanager
def telling_when_full() -> Iterator[None]:
    """Turns the system's error about a full disk into ResourceExhaustedError (DISK_FULL)."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ResourceExhaustedError(
            "the server's disk is full: try again later", reason="DISK_FULL", retry_seconds=DISK_RETRY_SECONDS
        ) from error


def write_all(file: FileIO, data: bytes) -> None:
    """Write all of `data`; the system may take it in pieces."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


class Folders:
    """The folders of a store, durably made. Only for those that stay: each is remembered, so the store's layout must
    bound how many there are.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._synced: set[str] = set()

    def make(self, folder: Path) -> None:
        """Make `folder`, the root or one below it, and what is missing above it. On return all their names are on
        disk: that a folder is there does not say so, as its maker may not have come to it, or was killed before.
        """
        if str(folder) in self._synced:
            return
        if folder == self._root:
            folder.parent.mkdir(parents=True, exist_ok=True)
        else:
            self.make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
        self._synced.add(str(folder))


def sync_folder(folder: Path) -> None:
    """Put the names in `folder` on disk: a file that is synced but has no name is lost."""
    sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def sync(path: Path, flags: int = os.O_RDONLY) -> None:
    """Put a file's bytes on disk."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
