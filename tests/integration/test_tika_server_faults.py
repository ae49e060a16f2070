"""A Tika Server that does not do what it should: the document is read by somebody else, and nothing hangs."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import psutil
import pytest

from octavo.v1.job_pb2 import JOB_STATE_CANCELLED
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.processing_service_pb2 import CancelProcessRequest, ModuleOptions, ProcessRequest, StatusWatchRequest
from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.limits import MIB
from octavo_server.ports.runner import Outcome, Refused, Succeeded, Task
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.sandbox import Sandbox
from octavo_server.worker.tika_relay import TikaRelay, relay_limits
from tests import documents
from tests.integration import scripted_tika as scripted
from tests.integration.conftest import Caller
from tests.integration.scripted_tika import Behaviour, ScriptedTika
from tests.servers import ServerProcess

LIMITS = ChildLimits(output_bytes_max=MIB, data_bytes_max=192 * MIB)
RELAYS = "octavo_server.relays"


@asynccontextmanager
async def reader(
    url: str, *, seconds_max: float = 30.0, modules: str = "octavo_server.modules"
) -> AsyncIterator[Sandbox]:
    """One child, and one relay to the URL."""
    async with (
        Sandbox(limits=relay_limits(LIMITS, url), children=1, modules=RELAYS) as relays,
        Sandbox(
            limits=LIMITS,
            children=1,
            modules=modules,
            relay=TikaRelay(url=url, seconds_max=seconds_max, sandbox=relays),
        ) as sandbox,
    ):
        yield sandbox


def task(source: bytes, name: str, *, first: str = "tika-server", seconds_max: float = 60.0) -> Task:
    run = ModuleRun(name="extract", key="extract", model="text", params={"extractor": first})
    return Task(run=run, file_name=name, media_type="", source=source, seconds_max=seconds_max)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


async def read(sandbox: Sandbox, source: bytes | None = None, name: str = "a.docx") -> Outcome:
    return await sandbox.run(task(documents.word() if source is None else source, name), ignore)


async def test_the_text_and_what_the_document_says_of_itself_come_back() -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        async with reader(tika.url) as sandbox:
            result = await read(sandbox, b"%PDF-1.7 anything", "Bücher & mehr.pdf")

    assert isinstance(result, Succeeded)
    assert result.output.decode() == f"{scripted.TEXT}\n"
    assert result.metadata is not None
    assert result.metadata.extractor == "tika-server"
    assert (result.metadata.title, result.metadata.page_count) == ("Script", 3)
    assert tika.requests[0].body == b"%PDF-1.7 anything"
    assert tika.requests[0].path == "/rmeta/text"
    assert tika.requests[0].headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''B%C3%BCcher%20%26%20mehr.pdf"
    )


@pytest.mark.parametrize(
    ("behaviours", "warning", "requests"),
    [
        ([scripted.can_not_read_it], "Tika Server can't read it (422)", 1),
        ([scripted.finds_nothing], "Tika Server found no text (204)", 1),
        ([scripted.fails], "Tika Server answered with status 500", 1),
        ([scripted.sends_elsewhere], "Tika Server answered with status 307", 1),
        ([scripted.is_busy], "Tika Server is busy (503)", 2),
        ([scripted.resets], "Tika Server broke off the connection", 2),
        ([scripted.stops_halfway], "Tika Server broke off the connection", 2),
        ([scripted.is_busy, scripted.can_not_read_it], "Tika Server can't read it (422)", 2),
        ([scripted.answers_nonsense], "Tika Server answered with nonsense", 1),
        ([scripted.answers_another_shape], "Tika Server answered with nonsense", 1),
        ([scripted.answers_too_many_parts], "the answer of Tika Server takes too much memory", 1),
        ([scripted.answers_a_bomb], "the answer of Tika Server is larger than 10,878,976 bytes", 1),
        ([scripted.answers_without_end], "the answer of Tika Server is larger than 10,878,976 bytes", 1),
    ],
)
async def test_a_server_that_fails_is_named_and_another_extractor_serves(
    behaviours: list[Behaviour], warning: str, requests: int
) -> None:
    with ScriptedTika(*behaviours) as tika:
        async with reader(tika.url) as sandbox:
            result = await read(sandbox)

    assert isinstance(result, Succeeded), result
    assert documents.PANGRAM in result.output.decode()
    assert result.warnings == (f"tika-server: {warning}",)
    assert len(tika.requests) == requests


@pytest.mark.parametrize("trouble", [scripted.is_busy, scripted.resets, scripted.stops_halfway])
async def test_a_server_that_recovers_at_once_is_asked_again(trouble: Behaviour) -> None:
    with ScriptedTika(trouble, scripted.is_fine) as tika:
        async with reader(tika.url) as sandbox:
            result = await read(sandbox)

    assert isinstance(result, Succeeded)
    assert result.output.decode() == f"{scripted.TEXT}\n"
    assert result.warnings == ()
    first, second = tika.requests
    assert first.body == second.body


async def test_a_server_that_is_down_is_named_and_another_extractor_serves() -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        url = tika.url
    async with reader(url) as sandbox:
        result = await read(sandbox)

    assert isinstance(result, Succeeded)
    assert documents.PANGRAM in result.output.decode()
    assert result.warnings == ("tika-server: Tika Server can't be reached",)


async def test_a_host_that_nobody_knows_is_told() -> None:
    async with reader("http://tika.invalid:9998") as sandbox:
        result = await read(sandbox)

    assert isinstance(result, Succeeded)
    assert result.warnings == ("tika-server: Tika Server can't be reached: the name of its host is not known",)


@pytest.mark.parametrize("behaviour", [scripted.hangs, scripted.trickles])
async def test_a_server_that_takes_too_long_is_left(behaviour: Behaviour) -> None:
    with ScriptedTika(behaviour) as tika:
        async with reader(tika.url, seconds_max=1) as sandbox:
            results = [await read(sandbox) for _ in range(2)]

    for result in results:
        assert isinstance(result, Succeeded)
        assert result.warnings == ("tika-server: Tika Server did not answer within 1 s",)


async def test_half_of_the_time_is_left_for_the_next_extractor() -> None:
    with ScriptedTika(scripted.hangs) as tika:
        async with reader(tika.url) as sandbox:
            result = await sandbox.run(task(documents.word(), "a.docx", seconds_max=4), ignore)

    assert isinstance(result, Succeeded)
    # Half of what is left when it is asked: on a slow machine some of the four seconds have gone by then.
    [warning] = result.warnings
    assert re.fullmatch(r"tika-server: Tika Server did not answer within (2|1\.[5-9]\d*) s", warning), warning


async def test_what_is_said_about_the_document_is_told_rather_than_what_is_said_about_the_server() -> None:
    with ScriptedTika(scripted.fails) as tika:
        async with reader(tika.url) as sandbox:
            result = await read(sandbox, documents.image_only_pdf(), "a.pdf")

    assert result == Refused("NO_TEXT", "no text: the pages are images; Tika Server answered with status 500")


async def test_a_server_is_asked_last_unless_it_is_asked_for() -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        async with reader(tika.url) as sandbox:
            good = await sandbox.run(task(documents.word(), "a.docx", first="auto"), ignore)
            bad = await sandbox.run(task(documents.image_only_pdf(), "a.pdf", first="auto"), ignore)

    assert isinstance(good, Succeeded)
    assert good.metadata is not None
    assert good.metadata.extractor != "tika-server"
    assert isinstance(bad, Succeeded)
    assert bad.output.decode() == f"{scripted.TEXT}\n"
    assert "pdfium: no text: the pages are images" in bad.warnings
    assert len(tika.requests) == 1


async def test_without_a_server_nobody_is_asked() -> None:
    async with Sandbox(limits=LIMITS, children=1) as sandbox:
        result = await read(sandbox)

    assert isinstance(result, Succeeded)
    assert result.warnings == ("tika-server: no Tika Server is configured",)


async def test_cancelling_a_job_ends_the_request_at_once() -> None:
    # Servers of other tests may run meanwhile.
    others = {child.pid for child in psutil.Process().children()}
    with ScriptedTika(scripted.hangs) as tika:
        async with reader(tika.url) as sandbox:
            running = asyncio.create_task(read(sandbox))
            await asyncio.to_thread(tika.has_request.wait)
            before = {child.pid for child in psutil.Process().children()} - others

            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

            assert len(before) == 2
            assert not any(map(psutil.pid_exists, before))
            tika.behaviours = (scripted.is_fine,)
            assert isinstance(await read(sandbox), Succeeded)


def test_the_client_writes_no_file_and_obeys_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "TIKA_LOG_PATH", "TIKA_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("TIKA_SERVER_ENDPOINT", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def main(url: str) -> Outcome:
        async with reader(url) as sandbox:
            return await read(sandbox)

    with ScriptedTika(scripted.is_fine) as tika:
        result = asyncio.run(main(tika.url))

    assert isinstance(result, Succeeded)
    assert result.warnings == ()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[tuple[ScriptedTika, ServerProcess]]:
    """A server, and a Tika Server behind it that never answers."""
    with ScriptedTika(scripted.hangs) as tika:
        environment = {"OCTAVO_TIKA_URL": tika.url, "OCTAVO_DRAIN_SECONDS": "0.2"}
        with ServerProcess(tmp_path / "data", "--workers", "1", environment=environment) as server:
            yield tika, server


async def test_a_job_that_waits_for_tika_server_can_be_cancelled(
    hanging: tuple[ScriptedTika, ServerProcess],
) -> None:
    tika, server = hanging
    async with grpc.aio.insecure_channel(server.address) as channel:
        caller = Caller(channel)
        request_id = await submitted(caller)
        await asyncio.to_thread(tika.has_request.wait)
        await caller.processing.CancelProcess(CancelProcessRequest(request_id=request_id))
        states = [
            message.status.state
            async for message in caller.processing.StatusWatch(StatusWatchRequest(request_ids=[request_id]))
            if message.HasField("status")
        ]

    assert states[-1] == JOB_STATE_CANCELLED


async def test_a_job_that_waits_for_tika_server_does_not_keep_the_server_from_stopping(
    hanging: tuple[ScriptedTika, ServerProcess],
) -> None:
    tika, server = hanging
    async with grpc.aio.insecure_channel(server.address) as channel:
        await submitted(Caller(channel))
        await asyncio.to_thread(tika.has_request.wait)
    children = server.children()

    assert await asyncio.to_thread(server.terminate) == 0

    assert len(children) == 2
    assert not any(child.is_running() for child in children)


async def submitted(caller: Caller) -> str:
    """A job that asks Tika Server first."""
    await caller.pipelines.CreatePipeline(CreatePipelineRequest(name="p", module_chain=["extract"]))
    options = ModuleOptions()
    options.params["extractor"] = "tika-server"
    request = ProcessRequest(pipeline="p", content=documents.word(), file_name="a.docx", modules={"extract": options})
    return (await caller.processing.Process(request)).request_id
