"""Large documents: streamed to disk, resumed where they stopped, never held in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import google_crc32c
import grpc
import pytest

import octavo
from octavo import JobState
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.file_service_pb2 import GetUploadRequest, UploadFileRequest
from octavo.v1.file_service_pb2_grpc import FileServiceStub
from tests import documents
from tests.integration.conftest import Caller
from tests.servers import ServerProcess

MIB = 1024 * 1024
CHUNK = 256 * 1024


def chunks(data: bytes, upload_id: str, start: int = 0, stop: int | None = None) -> list[UploadFileRequest]:
    """The messages of `data` from `start` to `stop`; the last of all has the digest."""
    end = len(data) if stop is None else stop
    messages = [
        UploadFileRequest(
            upload_id=upload_id,
            offset=at,
            chunk=data[at : at + CHUNK],
            crc32c=google_crc32c.value(data[at : at + CHUNK]),
        )
        for at in range(start, end, CHUNK)
    ]
    if end == len(data):
        messages[-1].sha256 = hashlib.sha256(data).digest()
    return messages


async def stream(messages: list[UploadFileRequest]) -> AsyncIterator[UploadFileRequest]:
    for message in messages:
        yield message


async def test_an_upload_goes_on_after_the_server_was_killed(server: ServerProcess, caller: Caller) -> None:
    data = b"One sentence. " * 80_000
    half = CHUNK * 2
    await caller.files.UploadFile(stream(chunks(data, "u", stop=half)))
    server.kill()
    await asyncio.to_thread(server.restart)
    await caller.channel.channel_ready()
    upload = await caller.files.GetUpload(GetUploadRequest(upload_id="u"))
    assert (upload.committed_size, upload.complete) == (half, False)
    reply = await caller.files.UploadFile(stream(chunks(data, "u", start=half)))
    assert (reply.committed_size, reply.complete) == (len(data), True)
    job = await caller.processing.Process(pb.ProcessRequest(pipeline="p", upload_id="u", file_name="a.txt"))
    async for event in caller.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[job.request_id])):
        final = event.status
    assert final.process_status == {"parser": True}


async def test_process_takes_an_upload_over(caller: Caller) -> None:
    await caller.files.UploadFile(stream(chunks(b"One.", "u")))
    await caller.processing.Process(pb.ProcessRequest(pipeline="p", upload_id="u", file_name="a.txt"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await caller.files.GetUpload(GetUploadRequest(upload_id="u"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_refused_submission_leaves_the_upload_for_the_next_try(caller: Caller) -> None:
    await caller.files.UploadFile(stream(chunks(b"One.", "u")))
    with pytest.raises(grpc.aio.AioRpcError):
        await caller.processing.Process(pb.ProcessRequest(pipeline="p", upload_id="u", file_name="a.mp3"))
    assert (await caller.files.GetUpload(GetUploadRequest(upload_id="u"))).complete


async def test_a_50_mb_pdf_goes_through_and_the_server_stays_small(server: ServerProcess, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(documents.padded_pdf("One sentence on a page.", 50 * MIB))
    async with octavo.Client(server.address) as client:
        await client.create_pipeline("p", ["parser"])
        warm = await client.process("p", documents.pdf(["Warm."]), source_file_name="warm.pdf")
        assert (await last(client, warm.request_id)).state is JobState.SUCCEEDED
        before = server.rss_bytes()
        peak = asyncio.create_task(peak_rss(server))
        job = await client.process("p", path)
        final = await last(client, job.request_id)
        output = await client.fetch_output(job.request_id)
        peak.cancel()
    assert final.state is JobState.SUCCEEDED
    assert output.json()[0]["snippet"].strip() == "One sentence on a page."
    assert server.rss_bytes() - before < 32 * MIB
    assert SEEN_MAX[server.pid] - before < 32 * MIB


SEEN_MAX: dict[int, int] = {}


async def peak_rss(server: ServerProcess) -> None:
    """Note the largest size, until cancelled. What is awaited is the passing of time itself."""
    while True:
        SEEN_MAX[server.pid] = max(SEEN_MAX.get(server.pid, 0), server.rss_bytes())
        await asyncio.sleep(0.02)


async def last(client: octavo.Client, request_id: str) -> octavo.JobStatus:
    status = None
    async for status in client.watch(request_id):  # noqa: B007  # the last one is what counts
        pass
    assert status is not None
    return status


def test_an_upload_id_never_becomes_a_path(server: ServerProcess) -> None:
    with grpc.insecure_channel(server.address) as channel:
        for name in ("..", "../x", "a/b", "/etc/passwd", "", "a" * 65, "a\0b"):
            with pytest.raises(grpc.RpcError) as caught:
                FileServiceStub(channel).GetUpload(GetUploadRequest(upload_id=name))
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert not (server.data_dir / "x").exists()
