"""A server is killed in the middle of 200 jobs with 400 watchers."""

import asyncio
from pathlib import Path

import octavo
from octavo import JobState, JobStatus
from tests.servers import ServerProcess

JOBS = 200
WATCHERS_A_JOB = 2


def document(number: int) -> bytes:
    return b"".join(b"Sentence %d of document %d.\n" % (row, number) for row in range(40))


async def last_status(client: octavo.Client, request_id: str) -> JobStatus:
    final = None
    async for status in client.watch(request_id):
        final = status
    assert final is not None
    return final


async def test_every_watcher_hears_the_end_although_the_server_is_killed(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--workers", "2") as server:
        async with octavo.Client(server.address) as client:
            await client.create_pipeline("p", ["parser"])
            jobs = await asyncio.gather(*(client.process("p", document(n), file_name=f"{n}.txt") for n in range(JOBS)))
            watchers = [
                asyncio.create_task(last_status(client, job.request_id)) for job in jobs for _ in range(WATCHERS_A_JOB)
            ]
            # In the middle: some have ended, most have not.
            await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
            server.kill()
            await asyncio.to_thread(server.restart)
            finals = await asyncio.gather(*watchers)
            assert [final.state for final in finals] == [JobState.SUCCEEDED] * JOBS * WATCHERS_A_JOB
            outputs = await asyncio.gather(*(client.fetch_output(job.request_id) for job in jobs))
    for number, output in enumerate(outputs):
        snippets = output.json()
        assert len(snippets) == 40
        assert snippets[7] == {"snippet": f"Sentence 7 of document {number}.", "line_numbers": [8]}


async def test_what_expired_while_the_server_slept_is_gone_after_it(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        async with octavo.Client(server.address) as client:
            await client.create_pipeline("p", ["parser"])
            short = await client.process("p", b"One. " * 30_000, source_file_name="a.txt", expire_seconds=3)
            long = await client.process("p", b"Two.", source_file_name="b.txt")
            await asyncio.gather(last_status(client, short.request_id), last_status(client, long.request_id))
            server.kill()
            await asyncio.sleep(3)  # The time that passes is what is tested.
            await asyncio.to_thread(server.restart)
            assert (await client.process_status(long.request_id)).state is JobState.SUCCEEDED
            try:
                await client.process_status(short.request_id)
                raise AssertionError("an expired job is still there")
            except octavo.NotFoundError:
                pass
            # The sweep follows within a second or two; callers saw it gone at once.
            while [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]:
                await asyncio.sleep(0.05)
