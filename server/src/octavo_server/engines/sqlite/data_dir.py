"""The folder with the database: one server at a time."""

import fcntl
import os
from pathlib import Path

DATABASE_NAME = "octavo.db"
LOCK_NAME = "lock"


class DataDirError(Exception):
    """The data folder can't be used. The message says why, and what to do."""


class DataDirInUseError(DataDirError):
    """Another server uses it."""


class SchemaTooNewError(DataDirError):
    """A later version of the server wrote it."""


class DataDirLock:
    """Holds the folder for this process until `release`, or until the process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        """Makes the folder if it is not there. Raises DataDirError, DataDirInUseError."""
        try:
            _make_durably(data_dir)
            # Not inherited by children: one that outlives us must not keep the next server out.
            self._descriptor = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataDirError(
                f"{data_dir} can't be used as data folder ({error.strerror}): make it writable, "
                "or give another --data-dir"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 20, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise DataDirInUseError(
                f"{data_dir} is in use by another octavo-server{f' (process {holder})' if holder else ''}: "
                "stop it first, or give another --data-dir"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next one in. Once."""
        # Only now: closing the descriptor lets go of the lock.
        os.close(self._descriptor)


def _make_durably(folder: Path) -> None:
    """Make it and what is missing above it: a power cut must not take the folder with all that was acknowledged."""
    if not folder.is_dir():
        _make_durably(folder.parent)
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
