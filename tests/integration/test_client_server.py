"""The client against a real server that is killed, restarted, and cut off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

import octavo
from tests.integration.cutting_proxy import CuttingProxy
from tests.servers import ServerProcess

MIB = 1024 * 1024
TEXT = b"It was a bright cold day in April. The clocks were striking thirteen."


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        await client.create_pipeline("p", ["parser"])
        yield client


async def last(client: octavo.Client, request_id: str) -> octavo.JobStatus:
    *_, final = [status async for status in client.watch(request_id)]
    return final


async def test_a_document_goes_through(client: octavo.Client) -> None:
    job = await client.process("p", TEXT, source_file_name="a.txt", file_tags=[("A", "b")], expire_seconds=600)

    final = await last(client, job.request_id)
    output = await client.fetch_output(job.request_id)

    assert job.file_tags == (octavo.FileTag("a", "b"),)
    assert (final.state, final.process_status) == (octavo.JobState.SUCCEEDED, {"parser": True})
    assert output.file_name == f"{job.file_id}.json"
    assert " ".join(item["snippet"] for item in output.json()) == TEXT.decode()


async def test_many_jobs_are_watched_to_their_end_in_one_watch(client: octavo.Client) -> None:
    jobs = [await client.process("p", TEXT, source_file_name="a.txt") for _ in range(10)]
    finals = set()

    async with aclosing(client.watch(*(job.request_id for job in jobs))) as statuses:
        async for status in statuses:
            if status.state.is_final:
                finals.add(status.request_id)

    assert finals == {job.request_id for job in jobs}


async def test_a_retry_with_the_same_key_is_the_same_job(client: octavo.Client) -> None:
    first = await client.process("p", TEXT, source_file_name="a.txt", idempotency_key="mine")
    second = await client.process("p", TEXT, source_file_name="a.txt", idempotency_key="mine")

    assert first.request_id == second.request_id
    assert (first.deduplicated, second.deduplicated) == (False, True)
    with pytest.raises(octavo.AlreadyExistsError):
        await client.process("p", b"Something else.", source_file_name="a.txt", idempotency_key="mine")


@pytest.mark.parametrize("end", ["kill", "terminate"])
async def test_a_watch_survives_a_restart_on_the_same_port(tmp_path: Path, end: str) -> None:
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        async with octavo.Client(server.address) as client:
            await client.create_pipeline("p", ["parser"])
            job = await client.process("p", TEXT, source_file_name="a.txt")
            async with aclosing(client.watch(job.request_id)) as statuses:
                assert (await anext(statuses)).state is octavo.JobState.PENDING
                await asyncio.to_thread(getattr(server, end))
                server.arguments = ("--workers", "1")
                await asyncio.to_thread(server.restart)
                states = [status.state async for status in statuses]

    assert states[-1] is octavo.JobState.SUCCEEDED
    assert octavo.JobState.PENDING not in states


async def test_an_upload_survives_cuts_of_its_connection(server: ServerProcess, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    # A text over 2 MiB would be refused; as .md it is a text too, so a document type it must be.
    path = path.with_suffix(".html")
    path.write_bytes(b"<html><body><p>One sentence.</p>" + b"<!-- -->" * (6 * MIB // 8) + b"</body></html>")
    async with CuttingProxy(server.address) as proxy, octavo.Client(proxy.address) as client:
        await client.create_pipeline("p", ["parser"])
        proxy.cut_after = [2 * MIB, 3 * MIB]
        job = await client.process("p", path)
        final = await last(client, job.request_id)
        output = await client.fetch_output(job.request_id)

    assert proxy.cut_after == []
    assert final.state is octavo.JobState.SUCCEEDED
    assert [item["snippet"] for item in output.json()] == ["One sentence."]


async def test_a_watch_survives_cuts_of_its_connection(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        async with CuttingProxy(server.address) as proxy, octavo.Client(proxy.address) as client:
            await client.create_pipeline("p", ["parser"])
            job = await client.process("p", TEXT, source_file_name="a.txt")
            async with aclosing(client.watch(job.request_id)) as statuses:
                await anext(statuses)
                proxy.cut()
                await client.cancel(job.request_id)
                states = [status.state async for status in statuses]

    assert states == [octavo.JobState.CANCELLED]


async def test_a_document_that_is_too_large_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-1.7" + bytes(8 * MIB))
    with ServerProcess(tmp_path / "data", environment={"OCTAVO_DOCUMENT_BYTES_MAX": str(4 * MIB)}) as server:
        async with octavo.Client(server.address) as client:
            await client.create_pipeline("p", ["parser"])
            with pytest.raises(octavo.InvalidArgumentError) as caught:
                await client.process("p", path)

    assert caught.value.reason == "DOCUMENT_TOO_LARGE"


async def test_a_wrong_key_is_told_as_unauthenticated(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("acme right-key-of-acme-0123456789\n")
    keys.chmod(0o600)
    with ServerProcess(tmp_path / "data", "--api-keys-file", str(keys)) as server:
        async with octavo.Client(server.address, api_key="right-key-of-acme-0123456789") as client:
            assert await client.authenticate() == "api-key"
        async with octavo.Client(server.address, api_key="wrong") as client:
            with pytest.raises(octavo.UnauthenticatedError) as caught:
                await client.authenticate()
    assert caught.value.call_id
    assert str(caught.value) == "this API key is not known here: check it, or ask the operator for one"


async def test_resetting_a_pipeline_makes_its_jobs_unknown(client: octavo.Client) -> None:
    job = await client.process("p", TEXT, source_file_name="a.txt")

    assert await client.reset_pipeline("p") == 1

    with pytest.raises(octavo.NotFoundError) as caught:
        await client.process_status(job.request_id)
    assert caught.value.resource_name == job.request_id


async def test_modules_and_pipelines_are_listed(client: octavo.Client) -> None:
    modules = {module.name: module for module in await client.list_modules()}

    assert ".pdf" in modules["parser"].extensions
    assert [info.name for info in await client.list_pipelines()] == ["p"]
    assert (await client.get_pipeline("p")).module_chain == ("parser",)
    assert json.dumps([model.name for model in modules["parser"].models])
