"""Uploads as files that grow.

Each has a folder of its own in that of its tenant, both named by digests: what a caller chose never becomes part of a
path. In it is one file: `part` while it grows; once it is complete, its name is its SHA-256. The rename between the
two is the whole of the state, so a crash can't leave half of it.

The committed size is the size of `part`. After a kill -9 nothing of it is missing. A power cut may take what was not
yet synced, at most SYNC_BYTES; the caller then hears the smaller size and goes on from there. `finish` syncs all.
"""

import hashlib
import os
import shutil
from pathlib import Path

from octavo_server.blobs.disk import DiskBlobs
from octavo_server.blobs.durable import Folders, sync, sync_folder, telling_when_full, write_all
from octavo_server.blobs.hashing import RunningHashes
from octavo_server.blobs.threads import OwnedThreads
from octavo_server.domain.contents import Content
from octavo_server.domain.errors import (
    DigestMismatchError,
    FailedPreconditionError,
    NotFoundError,
    QuotaExceededError,
    UploadOffsetError,
)
from octavo_server.domain.ids import BlobKey, Instant, TenantId, UploadId
from octavo_server.domain.limits import MIB
from octavo_server.ports.blobs import Upload
from octavo_server.ports.clock import Clock

SYNC_BYTES = 16 * MIB
"""Synced after so many bytes: it bounds what a power cut takes, and how long the sync at the end lasts."""

UPLOADS_OPEN_MAX = 1_000
"""Of one tenant: it bounds how much disk uploads that nobody submits can take until they are forgotten."""

PART = "part"


class DiskUploads:
    """Keeps uploads in a folder, which it makes. One process at a time; one thread does all, so appends to one
    upload never cross.
    """

    def __init__(
        self, folder: Path, *, blobs: DiskBlobs, clock: Clock, uploads_open_max: int = UPLOADS_OPEN_MAX
    ) -> None:
        """`uploads_open_max`: of one tenant, those that are complete but not submitted included."""
        self._folder = folder
        self._uploads_open_max = uploads_open_max
        # One a tenant.
        self._folders = Folders(folder)
        self._blobs = blobs
        self._clock = clock
        self._hashes = RunningHashes()
        self._thread = OwnedThreads(1, "uploads")

    async def begin(self, tenant: TenantId, upload_id: UploadId) -> Upload:
        """See ports.blobs."""
        return await self._thread.run(lambda: self._begin(self._path(tenant, upload_id)))

    async def get(self, tenant: TenantId, upload_id: UploadId) -> Upload:
        """See ports.blobs."""
        return await self._thread.run(lambda: _state(self._file(tenant, upload_id)))

    async def append(self, tenant: TenantId, upload_id: UploadId, chunk: bytes, *, offset: int) -> None:
        """See ports.blobs."""
        await self._thread.run(lambda: self._append(self._file(tenant, upload_id), upload_id, chunk, offset))

    async def finish(self, tenant: TenantId, upload_id: UploadId, *, sha256: str) -> Upload:
        """See ports.blobs."""
        return await self._thread.run(lambda: self._finish(self._file(tenant, upload_id), upload_id, sha256))

    async def adopt(self, tenant: TenantId, upload_id: UploadId, key: BlobKey) -> Content:
        """See ports.blobs."""
        return await self._thread.run(lambda: self._adopt(self._file(tenant, upload_id), upload_id, key))

    async def discard(self, tenant: TenantId, upload_id: UploadId) -> None:
        """See ports.blobs."""
        await self._thread.run(lambda: self._forget(self._path(tenant, upload_id)))

    async def expire(self, before: Instant) -> None:
        """See ports.blobs."""
        await self._thread.run(lambda: self._expire(before))

    async def close(self) -> None:
        """Finish what was begun. Idempotent."""
        await self._thread.close()

    def _path(self, tenant: TenantId, upload_id: UploadId) -> Path:
        return self._folder / _digest(tenant) / _digest(upload_id)

    def _file(self, tenant: TenantId, upload_id: UploadId) -> Path:
        """The upload's file, `part` or complete. Raises NotFoundError."""
        file = _file_in(self._path(tenant, upload_id))
        if file is None:
            raise NotFoundError("upload", upload_id)
        return file

    def _begin(self, folder: Path) -> Upload:
        file = _file_in(folder)
        if file is None:
            self._folders.make(folder.parent)
            self._check_room(folder)
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
            file = folder / PART
            file.touch()
            sync_folder(folder)
            self._touch(file)
        return _state(file)

    def _check_room(self, folder: Path) -> None:
        if sum(other != folder for other in folder.parent.iterdir()) >= self._uploads_open_max:
            raise QuotaExceededError(
                "uploads",
                f"{self._uploads_open_max} uploads are open, the most that are held for you: submit those that are "
                "complete, or wait until those nobody goes on with are forgotten",
                reason="UPLOADS_FULL",
            )

    def _append(self, file: Path, upload_id: UploadId, chunk: bytes, offset: int) -> None:
        if file.name != PART:
            if _has(file, chunk, offset):
                # Sent again because the answer was lost.
                return
            raise FailedPreconditionError(
                f"uploads/{upload_id}",
                f"upload {upload_id!r} is complete: submit it, or choose another upload_id",
                reason="UPLOAD_COMPLETE",
            )
        size = file.stat().st_size
        if offset != size:
            raise UploadOffsetError(offset, size)
        running = self._hashes.up_to(file, size)
        with telling_when_full(), file.open("r+b", buffering=0) as out:
            out.seek(size)
            try:
                write_all(out, chunk)
                if size // SYNC_BYTES != (size + len(chunk)) // SYNC_BYTES:
                    os.fsync(out.fileno())
            except OSError:
                # Half a chunk is none, so that the caller can send it again.
                out.truncate(size)
                raise
        running.update(chunk)
        self._touch(file)

    def _finish(self, file: Path, upload_id: UploadId, sha256: str) -> Upload:
        actual = file.name
        if actual == PART:
            actual = self._hashes.up_to(file, file.stat().st_size).hexdigest()
        if actual != sha256:
            self._forget(file.parent)
            raise DigestMismatchError(
                f"upload {upload_id!r} has the SHA-256 {actual}, not {sha256}: it is forgotten, start it again"
            )
        if file.name == PART:
            sync(file)
            self._hashes.forget(file)
            file = file.rename(file.with_name(sha256))
            sync_folder(file.parent)
            self._touch(file)
        return _state(file)

    def _adopt(self, file: Path, upload_id: UploadId, key: BlobKey) -> Content:
        if file.name == PART:
            raise FailedPreconditionError(
                f"uploads/{upload_id}",
                f"upload {upload_id!r} is not complete: send the rest, and its SHA-256 with the last message",
                reason="UPLOAD_INCOMPLETE",
            )
        # The blob is the same file: as new as its name, so that nobody takes it for an orphan.
        self._touch(file)
        self._blobs.link(file, key)
        return Content(size_bytes=file.stat().st_size, sha256=file.name, blob_key=key)

    def _forget(self, folder: Path) -> None:
        self._hashes.forget(folder / PART)
        if folder.exists():
            shutil.rmtree(folder)

    def _expire(self, before: Instant) -> None:
        for folder in self._folder.glob("*/*"):
            file = _file_in(folder)
            # A folder without a file is what a crash left of one that was begun or forgotten.
            if file is None or file.stat().st_mtime < before:
                self._forget(folder)

    def _touch(self, file: Path) -> None:
        now = self._clock.now()
        os.utime(file, (now, now))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _has(file: Path, chunk: bytes, offset: int) -> bool:
    with file.open("rb", buffering=0) as source:
        return os.pread(source.fileno(), len(chunk), offset) == chunk


def _file_in(folder: Path) -> Path | None:
    try:
        return next(folder.iterdir(), None)
    except FileNotFoundError:
        return None


def _state(file: Path) -> Upload:
    status = file.stat()
    return Upload(
        committed_size_bytes=status.st_size,
        is_complete=file.name != PART,
        update_time=Instant(status.st_mtime),
    )
