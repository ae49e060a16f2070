"""What blob stores promise."""

import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from octavo_server.blobs.disk import DiskBlobs
from octavo_server.domain.errors import NotFoundError, UnavailableError
from octavo_server.domain.ids import BlobKey, Instant
from octavo_server.ports.blobs import Blobs

KEY = BlobKey("0123456789abcdef" * 2)
OTHER_KEY = BlobKey("01fedcba98765432" * 2)
DATA = os.urandom(100_000)


@pytest.fixture
async def blobs(tmp_path: Path) -> AsyncIterator[Blobs]:
    blobs = DiskBlobs(tmp_path / "blobs")
    yield blobs
    await blobs.close()


async def read(blobs: Blobs, offset: int = 0, chunk_bytes_max: int = 30_000) -> list[bytes]:
    return [chunk async for chunk in blobs.read(KEY, offset=offset, chunk_bytes_max=chunk_bytes_max)]


async def test_a_blob_is_read_in_chunks_from_an_offset(blobs: Blobs) -> None:
    await blobs.put(KEY, DATA)
    chunks = await read(blobs)
    assert b"".join(chunks) == DATA
    assert max(map(len, chunks)) <= 30_000
    assert b"".join(await read(blobs, offset=99_990)) == DATA[-10:]
    assert await read(blobs, offset=100_000) == []


async def test_a_file_becomes_a_blob_from_its_start_wherever_it_stands(blobs: Blobs) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(DATA * 30)
        await blobs.put(KEY, file)
    assert b"".join(await read(blobs)) == DATA * 30


async def test_an_open_blob_is_a_file_with_a_descriptor_at_its_start(blobs: Blobs) -> None:
    await blobs.put(KEY, DATA)
    with await blobs.open(KEY) as file:
        assert os.fstat(file.fileno()).st_size == len(DATA)
        assert file.read() == DATA


async def test_an_unknown_blob_is_not_found(blobs: Blobs) -> None:
    with pytest.raises(NotFoundError):
        await blobs.open(KEY)
    with pytest.raises(NotFoundError):
        await read(blobs)


async def test_a_deleted_blob_is_gone_and_unknown_ones_are_passed_over(blobs: Blobs) -> None:
    await blobs.put(KEY, DATA)
    await blobs.delete([OTHER_KEY, KEY])
    with pytest.raises(NotFoundError):
        await blobs.open(KEY)


async def test_an_open_blob_can_be_read_although_it_is_deleted(blobs: Blobs) -> None:
    await blobs.put(KEY, DATA)
    with await blobs.open(KEY) as file:
        await blobs.delete([KEY])
        assert file.read() == DATA


async def test_all_keys_are_told(blobs: Blobs) -> None:
    assert [key async for key in blobs.keys()] == []  # noqa: SIM118  # a port, not a dict
    await blobs.put(KEY, DATA)
    await blobs.put(OTHER_KEY, b"")
    assert {key async for key in blobs.keys()} == {KEY, OTHER_KEY}  # noqa: SIM118


async def test_keys_of_blobs_that_are_too_new_are_left_out(blobs: Blobs) -> None:
    await blobs.put(KEY, DATA)
    now = time.time()
    assert [key async for key in blobs.keys(before=Instant(now - 3_600))] == []
    assert [key async for key in blobs.keys(before=Instant(now + 3_600))] == [KEY]


async def test_a_closed_store_is_unavailable(blobs: DiskBlobs) -> None:
    await blobs.put(KEY, DATA)
    await blobs.close()
    for call in (blobs.put(OTHER_KEY, DATA), blobs.open(KEY), read(blobs), blobs.delete([KEY])):
        with pytest.raises(UnavailableError):
            await call


async def test_a_folder_that_was_there_is_synced_before_a_blob_in_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after a kill -9 between making the folders and syncing their names.
    (tmp_path / "blobs" / KEY[:2] / KEY[2:4]).mkdir(parents=True)
    synced: list[Path] = []
    fsync = os.fsync

    def noted_fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(tmp_path))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    blobs = DiskBlobs(tmp_path / "blobs")
    await blobs.put(KEY, DATA)
    folders = [Path(), Path("blobs"), Path("blobs", KEY[:2]), Path("blobs", KEY[:2], KEY[2:4])]
    assert set(folders) <= set(synced)
    synced.clear()
    # Once is enough.
    await blobs.put(BlobKey(KEY[:4] + "0" * 28), DATA)
    assert [path for path in synced if path in folders] == folders[-1:]
    await blobs.close()


async def test_what_is_no_key_never_becomes_a_path(blobs: Blobs) -> None:
    with pytest.raises(ValueError, match="not a blob key"):
        await blobs.put(BlobKey("../../../etc/passwd"), b"")


async def test_what_a_crash_left_half_written_is_no_blob_and_is_cleared_away(tmp_path: Path) -> None:
    leftover = tmp_path / "blobs" / "incoming" / KEY
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    blobs = DiskBlobs(tmp_path / "blobs")
    assert [key async for key in blobs.keys()] == []  # noqa: SIM118
    await blobs.close()
    assert not leftover.exists()


async def test_blobs_are_there_after_a_restart(tmp_path: Path) -> None:
    before = DiskBlobs(tmp_path / "blobs")
    await before.put(KEY, DATA)
    await before.close()
    await before.close()
    after = DiskBlobs(tmp_path / "blobs")
    assert b"".join(await read(after)) == DATA
    await after.close()
