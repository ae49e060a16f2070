"""The sandbox with real child processes, and modules that misbehave."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.limits import MIB
from octavo_server.ports.runner import Crashed, Outcome, Refused, Succeeded, Task
from octavo_server.worker.limits import ChildLimits, missing_protections
from octavo_server.worker.process import JOBS_PER_MEMORY_CHECK
from octavo_server.worker.sandbox import Sandbox
from tests import documents

MODULES = "tests.integration.sandbox_modules"
LIMITS = ChildLimits(output_bytes_max=2 * MIB)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
        yield sandbox


def task(module: str, source: bytes = b"x", *, file_name: str = "a.txt", seconds_max: float = 60.0) -> Task:
    run = ModuleRun(name=module, key=module, model="sentence")
    return Task(run=run, file_name=file_name, media_type="", source=source, seconds_max=seconds_max)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


async def outcome(sandbox: Sandbox, module: str, source: bytes = b"x", *, seconds_max: float = 60.0) -> Outcome:
    return await sandbox.run(task(module, source, seconds_max=seconds_max), ignore)


async def output(sandbox: Sandbox, module: str, source: bytes = b"x") -> bytes:
    result = await outcome(sandbox, module, source)
    assert isinstance(result, Succeeded), result
    return result.output


async def started(sandbox: Sandbox, module: str) -> tuple[asyncio.Task[Outcome], psutil.Process]:
    """A module at work, and its process."""
    pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_progress(progress: Progress) -> None:
        pid.set_result(progress.completed)

    running = asyncio.create_task(sandbox.run(task(module), on_progress))
    return running, psutil.Process(await pid)


async def test_the_parser_reads_a_pdf_and_tells_its_pages() -> None:
    seen: list[Progress] = []
    async with Sandbox(limits=LIMITS, children=1) as sandbox:
        source = documents.pdf(["Page one.", "Page two."])
        result = await sandbox.run(task("parser", source, file_name="a.pdf"), seen.append)

    assert isinstance(result, Succeeded)
    assert json.loads(result.output)[0] == {"snippet": "Page one.", "line_numbers": [1]}
    assert result.media_type == "application/json"
    assert seen[0] == Progress("page", 1, 2)


@pytest.mark.parametrize(
    ("source", "name", "reason"),
    [
        (documents.encrypted_pdf(), "a.pdf", "DOCUMENT_ENCRYPTED"),
        (documents.image_only_pdf(), "a.pdf", "NO_TEXT"),
        (documents.garbage_pdf(), "a.pdf", "DOCUMENT_DAMAGED"),
        (documents.truncated_word(), "a.docx", "DOCUMENT_DAMAGED"),
        (b"", "a.txt", "NO_TEXT"),
    ],
)
async def test_a_bad_document_is_refused_with_its_reason(source: bytes, name: str, reason: str) -> None:
    async with Sandbox(limits=LIMITS, children=1) as sandbox:
        result = await sandbox.run(task("parser", source, file_name=name), ignore)

    assert isinstance(result, Refused)
    assert result.reason == reason


@pytest.mark.parametrize(("source", "name"), [(documents.word(), "a.docx"), (documents.html(), "a.html")])
async def test_office_documents_need_none_of_the_rights_that_children_lack(source: bytes, name: str) -> None:
    async with Sandbox(limits=LIMITS, children=1) as sandbox:
        result = await sandbox.run(task("parser", source, file_name=name), ignore)

    assert isinstance(result, Succeeded)
    assert documents.PANGRAM in result.output.decode()


async def test_a_memory_bomb_costs_one_child() -> None:
    async with Sandbox(limits=ChildLimits(data_bytes_max=384 * MIB), children=1) as sandbox:
        bomb = await sandbox.run(task("parser", documents.glyph_bomb_pdf(), file_name="a.pdf"), ignore)
        after = await sandbox.run(task("parser", documents.text()), ignore)

    assert isinstance(bomb, Crashed | Refused)
    assert bomb.reason == "MEMORY_LIMIT"
    assert isinstance(after, Succeeded)


async def test_a_module_over_its_time_is_killed(sandbox: Sandbox) -> None:
    for module in ("sleep", "spin"):
        result = await outcome(sandbox, module, seconds_max=0.2)

        assert result == Refused("TIME_LIMIT", "stopped after 0.2 s")
    assert await output(sandbox, "echo", b"next") == b"next"


async def test_memory_over_the_limit_is_refused_with_the_limit(sandbox: Sandbox) -> None:
    assert await outcome(sandbox, "fill_memory") == Refused("MEMORY_LIMIT", "used more than 1 GB")


@pytest.mark.parametrize(("module", "reason"), [("abort", "MEMORY_LIMIT"), ("die", "CHILD_DIED")])
async def test_a_child_that_dies_is_a_crash_and_has_a_successor(sandbox: Sandbox, module: str, reason: str) -> None:
    result = await outcome(sandbox, module)

    assert isinstance(result, Crashed)
    assert result.reason == reason
    assert await output(sandbox, "echo", b"next") == b"next"


@pytest.mark.parametrize("module", ["nonsense", "unknown_message", "hang_up"])
async def test_a_child_that_breaks_the_protocol_is_a_crash(sandbox: Sandbox, module: str) -> None:
    before = await output(sandbox, "pid")

    result = await outcome(sandbox, module)

    assert isinstance(result, Crashed)
    assert not psutil.pid_exists(int(before))
    assert await output(sandbox, "echo", b"next") == b"next"


@pytest.mark.parametrize("module", ["sleep", "spin", "half_a_frame"])
async def test_cancelling_kills_the_process_for_certain(sandbox: Sandbox, module: str) -> None:
    running, process = await started(sandbox, module)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert not process.is_running()
    assert await output(sandbox, "echo", b"next") == b"next"


async def test_a_module_error_shows_no_internals(sandbox: Sandbox) -> None:
    result = await outcome(sandbox, "fail")

    assert result == Refused("MODULE_ERROR", "module fail failed in a way nobody foresaw")
    assert await outcome(sandbox, "refuse") == Refused("NO_TEXT", "there is nothing in it")


async def test_an_output_over_its_limit_is_refused(sandbox: Sandbox) -> None:
    result = await outcome(sandbox, "too_much")

    assert isinstance(result, Refused)
    assert result.reason == "OUTPUT_TOO_LARGE"


async def test_progress_comes_at_most_four_times_a_second(sandbox: Sandbox) -> None:
    seen: list[Progress] = []
    loop = asyncio.get_running_loop()

    begin = loop.time()
    await sandbox.run(task("count"), seen.append)

    assert 1 <= len(seen) <= 1 + 4 * (loop.time() - begin)


async def test_a_child_is_replaced_after_its_share_of_jobs() -> None:
    limits = ChildLimits(jobs_max=2)
    async with Sandbox(limits=limits, children=1, modules=MODULES) as sandbox:
        pids = [await output(sandbox, "pid") for _ in range(5)]

    assert pids[0] == pids[1]
    assert pids[2] == pids[3]
    assert len(set(pids)) == 3


async def test_a_child_that_holds_too_much_memory_is_replaced() -> None:
    limits = ChildLimits(resident_bytes_max=1)
    async with Sandbox(limits=limits, children=1, modules=MODULES) as sandbox:
        pids = [await output(sandbox, "pid") for _ in range(JOBS_PER_MEMORY_CHECK + 1)]

    assert len(set(pids)) == 2


async def test_a_child_that_dies_while_idle_has_a_successor(sandbox: Sandbox) -> None:
    pid = int(await output(sandbox, "pid"))

    os.kill(pid, signal.SIGKILL)

    # It may take a moment until the parent knows; a task in between is a crash, not a hang.
    results = [await outcome(sandbox, "echo") for _ in range(2)]
    assert isinstance(results[1], Succeeded)


async def test_tasks_wait_for_a_free_child(sandbox: Sandbox) -> None:
    sources = [str(index).encode() for index in range(20)]

    assert await asyncio.gather(*(output(sandbox, "echo", source) for source in sources)) == sources


async def test_whoever_holds_a_child_keeps_it(sandbox: Sandbox) -> None:
    async with sandbox.child() as child:
        first = await child.run(task("pid"), ignore)
        waiting = asyncio.create_task(outcome(sandbox, "pid"))
        second = await child.run(task("pid"), ignore)
        assert not waiting.done()

    assert first == second == await waiting


async def test_leaving_the_sandbox_leaves_no_process() -> None:
    async with Sandbox(limits=LIMITS, children=2, modules=MODULES) as sandbox:
        running, process = await started(sandbox, "spin")

    assert isinstance(await running, Crashed)
    assert not process.is_running()
    assert psutil.Process().children() == []


async def test_a_large_document_is_passed_without_a_copy(sandbox: Sandbox) -> None:
    with tempfile.TemporaryFile() as file:
        file.truncate(50 * MIB)
        await output(sandbox, "echo")
        before = psutil.Process().memory_info().rss
        result = await sandbox.run(task("size", file), ignore)  # type: ignore[arg-type]
        grown = psutil.Process().memory_info().rss - before

    assert isinstance(result, Succeeded)
    assert result.output == str(50 * MIB).encode()
    assert grown < 5 * MIB


async def test_noise_on_stderr_is_cut_and_stops_nobody(sandbox: Sandbox) -> None:
    assert await output(sandbox, "shout") == b"nobody listens"


@pytest.mark.skipif(bool(missing_protections()), reason="this system lacks the protections")
async def test_a_child_has_no_rights(sandbox: Sandbox, tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.write_text("here")

    attempts = json.loads(await output(sandbox, "attempts", json.dumps({"existing": str(existing)}).encode()))

    assert attempts.pop("read") == "allowed"
    assert attempts.pop("fork") == attempts.pop("exec") == attempts.pop("subprocess") == "EAGAIN"
    assert "allowed" not in attempts.values(), attempts
    assert (existing.exists(), existing.with_name("new").exists()) == (True, False)


async def test_a_child_may_start_threads(sandbox: Sandbox) -> None:
    assert await output(sandbox, "start_thread") == b"a thread ran"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no signal for it")
def test_children_die_with_a_parent_that_is_killed() -> None:
    script = textwrap.dedent(f"""
        import asyncio, sys
        from octavo_server.domain.jobs import ModuleRun
        from octavo_server.ports.runner import Task
        from octavo_server.worker.limits import ChildLimits
        from octavo_server.worker.sandbox import Sandbox

        async def main():
            async with Sandbox(limits=ChildLimits(), children=1, modules={MODULES!r}) as sandbox:
                run = ModuleRun(name="spin", key="spin", model="")
                task = Task(run=run, file_name="a.txt", media_type="", source=b"x", seconds_max=100)
                await sandbox.run(task, lambda progress: print(progress.completed, file=sys.stderr, flush=True))

        asyncio.run(main())
    """)
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as parent:
        assert parent.stderr
        child = psutil.Process(int(parent.stderr.readline()))
        parent.kill()

    assert psutil.wait_procs([child], timeout=10)[1] == []


async def test_the_event_loop_of_the_server_works_too() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> list[Outcome]:
        async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
            return [await outcome(sandbox, module, seconds_max=5) for module in ("echo", "die", "echo", "refuse")]

    results = await asyncio.to_thread(lambda: uvloop.run(main()))

    assert [type(result) for result in results] == [Succeeded, Crashed, Succeeded, Refused]
