"""The sandbox with real child processes, and modules that misbehave."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest
from structlog.testing import capture_logs

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.limits import MIB
from octavo_server.ports.runner import Crashed, Outcome, Refused, Succeeded, Task
from octavo_server.worker.limits import ChildLimits, missing_protections
from octavo_server.worker.noise import STDERR_CHARS_MAX
from octavo_server.worker.process import JOBS_PER_MEMORY_CHECK, Child, ChildUnusableError
from octavo_server.worker.sandbox import Sandbox
from tests import documents

MODULES = "tests.integration.sandbox_modules"
LIMITS = ChildLimits(output_bytes_max=2 * MIB)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
        yield sandbox


def task(module: str, source: bytes | BinaryIO = b"x", *, file_name: str = "a.txt", seconds_max: float = 60.0) -> Task:
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


@pytest.mark.parametrize(
    "module", ["nonsense", "unknown_message", "hang_up", "answer_for_another_task", "answer_for_no_task"]
)
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


@pytest.mark.parametrize("module", ["fail", "leave"])
async def test_a_module_error_shows_no_internals(sandbox: Sandbox, module: str) -> None:
    result = await outcome(sandbox, module)

    assert result == Refused("MODULE_ERROR", f"module {module} failed in a way nobody foresaw")
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
    # Servers of other tests may run meanwhile.
    before = set(psutil.Process().children())
    async with Sandbox(limits=LIMITS, children=2, modules=MODULES) as sandbox:
        running, process = await started(sandbox, "spin")

    assert isinstance(await running, Crashed)
    assert not process.is_running()
    assert set(psutil.Process().children()) <= before


async def test_a_large_document_is_passed_without_a_copy(sandbox: Sandbox) -> None:
    with tempfile.TemporaryFile() as file:
        file.truncate(50 * MIB)
        await output(sandbox, "echo")
        before = psutil.Process().memory_info().rss
        result = await sandbox.run(task("size", file), ignore)
        grown = psutil.Process().memory_info().rss - before

    assert isinstance(result, Succeeded)
    assert result.output == str(50 * MIB).encode()
    assert grown < 5 * MIB


async def test_noise_on_stderr_is_cut_and_stops_nobody(sandbox: Sandbox) -> None:
    with capture_logs() as logs:
        assert await output(sandbox, "shout") == b"nobody listens"

    assert sum(len(line["text"]) for line in logs) == STDERR_CHARS_MAX


@pytest.mark.skipif(bool(missing_protections()), reason="this system lacks the protections")
async def test_a_child_has_no_rights(sandbox: Sandbox, tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.write_text("here")

    attempts = json.loads(await output(sandbox, "attempts", json.dumps({"existing": str(existing)}).encode()))

    assert attempts.pop("read library") == attempts.pop("own memory") == "allowed"
    assert attempts["read"] == attempts["list"] == attempts["read around"] == "EACCES"
    assert attempts["type into terminal"] == "EPERM"
    assert attempts.pop("fork") == attempts.pop("exec") == attempts.pop("subprocess") == "EAGAIN"
    assert "allowed" not in attempts.values(), attempts
    assert (existing.exists(), existing.with_name("new").exists()) == (True, False)


async def test_a_child_may_start_threads(sandbox: Sandbox) -> None:
    assert await output(sandbox, "start_thread") == b"a thread ran"


@contextmanager
def script_with_module(module: str) -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """A process of its own session, deaf to SIGINT, with a sandbox that runs the module; and the module's process.

    It tells the type of the outcome on stderr.
    """
    script = textwrap.dedent(f"""
        import asyncio, signal, sys
        from octavo_server.domain.jobs import ModuleRun
        from octavo_server.ports.runner import Task
        from octavo_server.worker.limits import ChildLimits
        from octavo_server.worker.sandbox import Sandbox

        def say(word):
            print(word, file=sys.stderr, flush=True)

        async def main():
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
            async with Sandbox(limits=ChildLimits(), children=1, modules={MODULES!r}) as sandbox:
                run = ModuleRun(name={module!r}, key="a", model="")
                task = Task(run=run, file_name="a.txt", media_type="", source=b"x", seconds_max=100)
                outcome = await sandbox.run(task, lambda progress: say(progress.completed))
                say(type(outcome).__name__)

        asyncio.run(main())
    """)
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True
    ) as parent:
        assert parent.stderr
        yield parent, psutil.Process(int(parent.stderr.readline()))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no signal for it")
def test_children_die_with_a_parent_that_is_killed() -> None:
    with script_with_module("spin") as (parent, child):
        parent.kill()

    assert psutil.wait_procs([child], timeout=10)[1] == []


def test_an_interrupt_from_the_terminal_does_not_end_a_module() -> None:
    with script_with_module("wait_for_signal") as (parent, child):
        os.killpg(parent.pid, signal.SIGINT)
        child.send_signal(signal.SIGUSR1)
        assert parent.stderr
        result = parent.stderr.readline()

    assert result == b"Succeeded\n"


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        # What happens in another process sets no event.
        await asyncio.sleep(0.01)


async def planted_answer(sandbox: Sandbox | Child) -> int:
    """A child writes an answer after its task; its process id, when it has."""
    result = await sandbox.run(task("answer_later"), ignore)
    assert isinstance(result, Succeeded)
    process = psutil.Process(int(result.output))
    await until(lambda: process.num_threads() == 1)
    return process.pid


async def test_an_answer_written_after_a_task_is_not_the_next_ones(sandbox: Sandbox) -> None:
    hostile = await planted_answer(sandbox)

    assert await output(sandbox, "echo", b"next") == b"next"
    assert int(await output(sandbox, "pid")) != hostile
    assert not psutil.pid_exists(hostile)


async def test_a_second_answer_is_not_the_next_ones(sandbox: Sandbox) -> None:
    for number in range(5):
        await outcome(sandbox, "answer_twice")
        source = str(number).encode()
        result = await outcome(sandbox, "echo", source)

        # A crash if the second answer came after the next task was sent: nobody can tell then who wrote it.
        assert isinstance(result, Crashed) or result == Succeeded(output=source, media_type="text/plain")


async def test_whoever_holds_a_child_that_spoke_without_a_task_is_told(sandbox: Sandbox) -> None:
    async with sandbox.child() as child:
        hostile = await planted_answer(child)

        with pytest.raises(ChildUnusableError):
            await child.run(task("echo"), ignore)

        assert not psutil.pid_exists(hostile)
    assert await output(sandbox, "echo", b"next") == b"next"


async def test_a_flood_of_progress_is_a_crash(sandbox: Sandbox) -> None:
    seen: list[Progress] = []

    result = await sandbox.run(task("flood"), seen.append)

    assert isinstance(result, Crashed)
    assert seen[0] == Progress("step", 0, 20_000)
    assert await output(sandbox, "echo", b"next") == b"next"


@contextmanager
def no_descriptors() -> Iterator[None]:
    """This process can open nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_server_out_of_descriptors_starts_its_children_later(sandbox: Sandbox) -> None:
    pid = int(await output(sandbox, "pid"))

    with capture_logs() as logs, no_descriptors():
        os.kill(pid, signal.SIGKILL)
        await until(lambda: "child could not start" in [line["event"] for line in logs])

    assert int(await output(sandbox, "pid")) != pid


@pytest.mark.parametrize("source", [b"x", "file"])
async def test_a_server_out_of_descriptors_blames_no_document(sandbox: Sandbox, source: bytes | str) -> None:
    with tempfile.TemporaryFile() as file:
        echo = task("echo", b"x" if source == b"x" else file)
        async with sandbox.child() as child:
            before = await child.run(task("pid"), ignore)
            with no_descriptors(), pytest.raises(OSError, match="Too many open files"):
                await child.run(echo, ignore)

            assert await child.run(task("pid"), ignore) == before


async def test_a_document_on_disk_can_be_opened_by_its_path(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "blob"
    path.write_bytes(b"on disk")

    with path.open("rb") as file:
        result = await sandbox.run(task("open_by_path", file), ignore)

    assert result == Succeeded(output=b"on disk", media_type="text/plain")
    assert path.read_bytes() == b"on disk"


async def test_stderr_can_not_draw_on_a_terminal(sandbox: Sandbox) -> None:
    with capture_logs() as logs:
        await output(sandbox, "draw_on_terminal")
        await until(lambda: bool(logs))

    text = "".join(line["text"] for line in logs)
    assert text == "\\x1b]0;owned\\x07\\x1b[2J\\r\\n\ufffd\\x9b end"


async def test_a_time_limit_is_told_in_round_figures(sandbox: Sandbox) -> None:
    for seconds, words in ((0.123456, "0.12 s"), (1.066647, "1.1 s")):
        assert await outcome(sandbox, "sleep", seconds_max=seconds) == Refused("TIME_LIMIT", f"stopped after {words}")


async def test_the_event_loop_of_the_server_works_too() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> list[Outcome]:
        async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
            results = [await outcome(sandbox, module, seconds_max=5) for module in ("echo", "die", "flood", "refuse")]
            await planted_answer(sandbox)
            with tempfile.TemporaryFile() as file:
                file.write(b"x")
                file.flush()
                results.append(await sandbox.run(task("echo", file), ignore))
            return results

    results = await asyncio.to_thread(lambda: uvloop.run(main()))

    assert [type(result) for result in results] == [Succeeded, Crashed, Crashed, Refused, Succeeded]
