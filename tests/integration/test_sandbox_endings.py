"""What a child's end tells about its document, and what becomes of large outputs."""

import hashlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.limits import MIB
from octavo_server.ports.runner import Crashed, Outcome, Spooled, Succeeded, Task
from octavo_server.worker.endings import crash
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.sandbox import Sandbox
from tests import documents

MODULES = "tests.integration.sandbox_modules"


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    limits = ChildLimits(output_bytes_max=64 * MIB)
    async with Sandbox(limits=limits, children=1, modules=MODULES, spool_folder=tmp_path) as sandbox:
        yield sandbox


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


async def outcome(
    sandbox: Sandbox, module: str, source: bytes = b"x", *, name: str = "a.txt", extractors_spent: int = 0
) -> Outcome:
    run = ModuleRun(name=module, key=module, model="sentence", extractors_spent=extractors_spent)
    return await sandbox.run(Task(run=run, file_name=name, media_type="", source=source, seconds_max=60.0), ignore)


@pytest.mark.parametrize(
    ("module", "spent"),
    [("fall", 1), ("abort", 1), ("die", 0), ("hand_over_and_fall", 3), ("read_and_fall", 0), ("be_killed", 0)],
)
async def test_an_extractor_that_takes_its_process_down_is_counted_and_one_that_is_killed_is_not(
    sandbox: Sandbox, module: str, spent: int
) -> None:
    ended = await outcome(sandbox, module)

    assert isinstance(ended, Crashed)
    assert ended.extractors_spent == spent


async def test_each_task_counts_its_own_handovers(sandbox: Sandbox) -> None:
    assert isinstance(await outcome(sandbox, "hand_over"), Succeeded)

    ended = await outcome(sandbox, "fall")
    assert isinstance(ended, Crashed)
    assert ended.extractors_spent == 1


async def test_a_flood_of_handovers_is_a_crash(sandbox: Sandbox) -> None:
    ended = await outcome(sandbox, "hand_over_for_ever")

    assert isinstance(ended, Crashed)
    assert ended.reason == "CHILD_DIED"


def test_an_exit_that_means_no_memory_is_told_as_that() -> None:
    limits = ChildLimits()

    def told(exit_code: int) -> Crashed:
        return crash(exit_code, begun=1, is_over_memory=False, limits=limits)

    assert told(99).reason == "MEMORY_LIMIT"
    assert "1 GB" in told(-6).message
    assert told(-11).message == "its process died (SIGSEGV)"


async def test_memory_that_the_kernel_does_not_count_has_its_limit_too() -> None:
    limits = ChildLimits(data_bytes_max=256 * MIB)
    async with Sandbox(limits=limits, children=1, modules=MODULES) as sandbox:
        ended = await outcome(sandbox, "fill_reserved_memory")

    assert ended == Crashed("MEMORY_LIMIT", "used more than 256 MB", extractors_spent=1)


async def test_the_attempt_after_a_crash_leaves_the_first_extractor_out_and_says_so() -> None:
    async with Sandbox(limits=ChildLimits(), children=1) as sandbox:
        ended = await outcome(sandbox, "parser", documents.pdf(), name="a.pdf", extractors_spent=1)

    assert isinstance(ended, Succeeded)
    assert ended.metadata is not None
    assert ended.metadata.extractor == "tika-native"
    assert ended.warnings == ("pdfium: it took its process down in an attempt before",)


async def test_when_no_extractor_is_left_all_are_tried_again() -> None:
    async with Sandbox(limits=ChildLimits(), children=1) as sandbox:
        ended = await outcome(sandbox, "parser", documents.pdf(), name="a.pdf", extractors_spent=2)

    assert isinstance(ended, Succeeded)
    assert ended.warnings == ()
    assert isinstance(ended.output, bytes)
    assert json.loads(ended.output)


async def test_a_large_output_comes_as_a_file_without_a_name(sandbox: Sandbox, tmp_path: Path) -> None:
    source = bytes(range(256)) * 4_096 * 20
    ended = await outcome(sandbox, "echo", source)

    assert isinstance(ended, Succeeded)
    assert isinstance(ended.output, Spooled)
    with ended.output.file as file:
        assert file.read() == source
    assert (ended.output.size_bytes, ended.output.sha256) == (len(source), hashlib.sha256(source).hexdigest())
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # an async test


async def test_a_child_that_dies_in_the_middle_of_a_large_output_is_a_crash(sandbox: Sandbox) -> None:
    ended = await outcome(sandbox, "die_while_answering")

    assert isinstance(ended, Crashed)


async def test_a_large_output_of_another_task_is_a_crash(sandbox: Sandbox) -> None:
    ended = await outcome(sandbox, "answer_largely_for_another")

    assert isinstance(ended, Crashed)
