"""What uploads promise."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from octavo_server.blobs.disk import DiskBlobs
from octavo_server.blobs.uploads import DiskUploads
from octavo_server.domain.contents import Content
from octavo_server.domain.errors import (
    DigestMismatchError,
    FailedPreconditionError,
    NotFoundError,
    QuotaExceededError,
    UnavailableError,
    UploadOffsetError,
)
from octavo_server.domain.ids import BlobKey, Instant, UploadId
from octavo_server.ports.blobs import Upload
from tests.contract.samples import NOW, OTHER_TENANT, TENANT, ManualClock

ID = UploadId("an-upload")
KEY = BlobKey("0123456789abcdef" * 2)
DATA = os.urandom(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()


class Store:
    """Uploads and the blobs they become, on one folder, to be closed and opened again."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.folder = folder
        self.clock = clock
        self.open()

    def open(self) -> None:
        self.blobs = DiskBlobs(self.folder / "blobs")
        self.uploads = DiskUploads(self.folder / "uploads", blobs=self.blobs, clock=self.clock)

    async def close(self) -> None:
        await self.uploads.close()
        await self.blobs.close()

    async def restart(self) -> None:
        await self.close()
        self.open()

    async def send(self, start: int = 0, end: int = len(DATA)) -> None:
        for offset in range(start, end, 100_000):
            await self.uploads.append(TENANT, ID, DATA[offset : min(offset + 100_000, end)], offset=offset)

    async def complete(self) -> None:
        await self.uploads.begin(TENANT, ID)
        await self.send()
        await self.uploads.finish(TENANT, ID, sha256=SHA256)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    store = Store(tmp_path, clock)
    yield store
    await store.close()


def at(size: int, *, is_complete: bool = False) -> Upload:
    return Upload(committed_size_bytes=size, is_complete=is_complete, update_time=NOW)


async def test_a_new_upload_is_empty(store: Store) -> None:
    assert await store.uploads.begin(TENANT, ID) == at(0)
    assert await store.uploads.get(TENANT, ID) == at(0)


async def test_beginning_again_tells_how_far_it_is(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.send(end=100_000)
    assert await store.uploads.begin(TENANT, ID) == at(100_000)


async def test_an_unknown_upload_is_not_found(store: Store) -> None:
    for call in (
        store.uploads.get(TENANT, ID),
        store.uploads.append(TENANT, ID, b"x", offset=0),
        store.uploads.finish(TENANT, ID, sha256=SHA256),
        store.uploads.adopt(TENANT, ID, KEY),
    ):
        with pytest.raises(NotFoundError) as missing:
            await call
        assert missing.value.reason == "UPLOAD_NOT_FOUND"
    await store.uploads.discard(TENANT, ID)


async def test_the_uploads_of_tenants_are_apart(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    with pytest.raises(NotFoundError):
        await store.uploads.get(OTHER_TENANT, ID)


async def test_a_chunk_elsewhere_than_at_the_committed_size_is_refused(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.send(end=100_000)
    for offset in (0, 99_999, 100_001):
        with pytest.raises(UploadOffsetError) as refused:
            await store.uploads.append(TENANT, ID, b"x", offset=offset)
        assert refused.value.committed_size_bytes == 100_000
    assert await store.uploads.get(TENANT, ID) == at(100_000)


async def test_of_two_streams_into_one_upload_each_chunk_counts_once(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    answers = await asyncio.gather(
        *(store.uploads.append(TENANT, ID, DATA, offset=0) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, UploadOffsetError) for answer in answers) == 4
    assert await store.uploads.finish(TENANT, ID, sha256=SHA256) == at(len(DATA), is_complete=True)


async def test_a_finished_upload_is_complete_and_can_be_finished_again(store: Store) -> None:
    await store.complete()
    assert await store.uploads.finish(TENANT, ID, sha256=SHA256) == at(len(DATA), is_complete=True)
    assert await store.uploads.begin(TENANT, ID) == at(len(DATA), is_complete=True)
    with pytest.raises(FailedPreconditionError) as refused:
        await store.uploads.append(TENANT, ID, b"x", offset=len(DATA))
    assert refused.value.reason == "UPLOAD_COMPLETE"


async def test_an_upload_goes_on_after_a_restart(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.send(end=100_000)
    await store.restart()
    assert await store.uploads.get(TENANT, ID) == at(100_000)
    await store.send(start=100_000, end=200_000)
    await store.restart()
    await store.send(start=200_000)
    await store.restart()
    await store.uploads.finish(TENANT, ID, sha256=SHA256)
    await store.restart()
    assert await store.uploads.finish(TENANT, ID, sha256=SHA256) == at(len(DATA), is_complete=True)


async def test_a_wrong_digest_forgets_the_upload(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.send(end=100_000)
    with pytest.raises(DigestMismatchError, match="start it again"):
        await store.uploads.finish(TENANT, ID, sha256=SHA256)
    with pytest.raises(NotFoundError):
        await store.uploads.get(TENANT, ID)
    await store.complete()


async def test_an_upload_becomes_a_blob_and_stays(store: Store) -> None:
    await store.complete()
    content = await store.uploads.adopt(TENANT, ID, KEY)
    assert content == Content(size_bytes=len(DATA), sha256=SHA256, blob_key=KEY)
    await store.blobs.delete([KEY])
    # The submission was refused; the next try finds the upload again.
    await store.uploads.adopt(TENANT, ID, KEY)
    await store.uploads.discard(TENANT, ID)
    with pytest.raises(NotFoundError):
        await store.uploads.get(TENANT, ID)
    with await store.blobs.open(KEY) as file:
        assert file.read() == DATA


async def test_a_blob_does_not_change_with_a_new_upload_of_that_name(store: Store) -> None:
    await store.complete()
    await store.uploads.adopt(TENANT, ID, KEY)
    await store.uploads.discard(TENANT, ID)
    await store.uploads.begin(TENANT, ID)
    await store.uploads.append(TENANT, ID, b"other", offset=0)
    with await store.blobs.open(KEY) as file:
        assert file.read() == DATA


async def test_an_incomplete_upload_is_not_adopted(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    with pytest.raises(FailedPreconditionError) as refused:
        await store.uploads.adopt(TENANT, ID, KEY)
    assert refused.value.reason == "UPLOAD_INCOMPLETE"


async def test_uploads_to_which_nothing_happened_are_forgotten(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.uploads.begin(TENANT, UploadId("other"))
    store.clock.time = Instant(NOW + 10)
    await store.uploads.append(TENANT, ID, b"x", offset=0)
    await store.uploads.expire(Instant(NOW + 5))
    assert (await store.uploads.get(TENANT, ID)).update_time == NOW + 10
    with pytest.raises(NotFoundError):
        await store.uploads.get(TENANT, UploadId("other"))


async def test_the_last_chunk_may_come_again_after_its_answer_was_lost(store: Store) -> None:
    await store.complete()
    await store.uploads.append(TENANT, ID, DATA[200_000:], offset=200_000)
    assert await store.uploads.finish(TENANT, ID, sha256=SHA256) == at(len(DATA), is_complete=True)
    for chunk, offset in ((b"x", len(DATA)), (DATA[200_000:] + b"x", 200_000), (b"other", 0)):
        with pytest.raises(FailedPreconditionError) as refused:
            await store.uploads.append(TENANT, ID, chunk, offset=offset)
        assert refused.value.reason == "UPLOAD_COMPLETE"


async def test_a_tenant_has_so_many_uploads_and_no_more(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    uploads = DiskUploads(tmp_path / "few", blobs=store.blobs, clock=clock, uploads_open_max=2)
    for name in "ab":
        await uploads.begin(TENANT, UploadId(name))
    with pytest.raises(QuotaExceededError, match="2 uploads are open") as refused:
        await uploads.begin(TENANT, UploadId("c"))
    assert refused.value.reason == "UPLOADS_FULL"
    # Neither what is open nor what others do is in the way.
    await uploads.begin(TENANT, UploadId("a"))
    await uploads.begin(OTHER_TENANT, UploadId("c"))
    await uploads.discard(TENANT, UploadId("a"))
    await uploads.begin(TENANT, UploadId("c"))
    await uploads.close()


async def test_closed_uploads_are_unavailable(store: Store) -> None:
    await store.uploads.begin(TENANT, ID)
    await store.close()
    with pytest.raises(UnavailableError):
        await store.uploads.get(TENANT, ID)


async def test_a_blob_is_as_new_as_its_adoption_not_as_its_upload(store: Store) -> None:
    await store.complete()
    store.clock.time = Instant(NOW + 100)
    await store.uploads.adopt(TENANT, ID, KEY)
    assert [key async for key in store.blobs.keys(before=Instant(NOW + 100))] == []
    assert [key async for key in store.blobs.keys(before=Instant(NOW + 101))] == [KEY]


def names_below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


async def test_a_callers_name_never_becomes_a_path(store: Store, tmp_path: Path) -> None:
    await store.uploads.begin(TENANT, UploadId("../../escaped"))
    await store.uploads.append(TENANT, UploadId("../../escaped"), b"x", offset=0)
    [name] = await asyncio.to_thread(names_below, tmp_path)
    assert re.fullmatch(r"uploads/[0-9a-f]{64}/[0-9a-f]{64}/part", name)
