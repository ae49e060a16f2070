"""kill -9 at every boundary of a job's life: nothing acknowledged is lost, nothing is recorded twice."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

import octavo
from octavo import JobState, JobStatus
from tests.crash.crashing_server import (
    AFTER_BLOB,
    AFTER_COMMIT,
    AFTER_RECORD,
    BEFORE_RECORD,
    BOUNDARIES,
    DURING_MODULE,
)
from tests.servers import ServerProcess

SMALL = b"One. Two.\nThree."
LARGE = b"A sentence of some words. " * 4_000
"""Over the 64 KiB up to which documents travel inline; its output is a blob as well."""

ATTEMPTS = {AFTER_BLOB: 1, AFTER_COMMIT: 1, DURING_MODULE: 2, BEFORE_RECORD: 2, AFTER_RECORD: 1}


class CrashingServer(ServerProcess):
    """A server that kills itself at a boundary; what comes after it on the same port is the ordinary one."""

    boundary = ""

    def command(self) -> list[str]:
        if not self.boundary:
            return super().command()
        module = "tests.crash.crashing_server"
        return [sys.executable, "-m", module, self.boundary, self.address, str(self.data_dir)]


CASES = [
    pytest.param(boundary, document, id=f"{boundary}-{size}")
    for boundary in BOUNDARIES
    for size, document in (("inline", SMALL), ("blob", LARGE))
    # An inline document has no blob.
    if (boundary, size) != (AFTER_BLOB, "inline")
]


@pytest.mark.parametrize(("boundary", "document"), CASES)
async def test_a_job_survives_a_kill_at(boundary: str, document: bytes, tmp_path: Path) -> None:
    server = CrashingServer(tmp_path / "data")
    with server:
        async with octavo.Client(server.address) as client:
            await client.create_pipeline("p", ["parser"])
            server.kill()
            server.boundary = boundary
            server.start()
            submitting = asyncio.create_task(run_to_the_end(client, document))
            assert await asyncio.to_thread(server.wait) < 0
            server.boundary = ""
            await asyncio.to_thread(server.restart)
            final = await submitting
            output = await client.fetch_output(final.request_id)
    assert final.state is JobState.SUCCEEDED
    assert "".join(str(one["snippet"]) for one in output.json()).replace(" ", "") == squeezed(document)
    assert final.modules[0].attempt == ATTEMPTS[boundary]
    assert stored(tmp_path / "data") == (1, blobs_of(document))


async def run_to_the_end(client: octavo.Client, document: bytes) -> JobStatus:
    """Submit and watch, over the crash; the SDK's retries and resumptions are part of what is tested."""
    job = await client.process("p", document, source_file_name="a.txt")
    return [status async for status in client.watch(job.request_id)][-1]


def squeezed(document: bytes) -> str:
    return "".join(document.decode().split())


def blobs_of(document: bytes) -> int:
    return 2 if document is LARGE else 0


def stored(data_dir: Path) -> tuple[int, int]:
    """How many jobs are on record, and how many blobs lie on the disk."""
    [database] = data_dir.glob("*.db")
    with sqlite3.connect(database) as connection:
        [[jobs]] = connection.execute("SELECT count(*) FROM jobs")
    connection.close()
    return jobs, sum(1 for path in (data_dir / "blobs").rglob("*") if path.is_file())
