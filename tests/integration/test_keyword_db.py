"""`keyword-db` in a real child process, and search indexes on their way to the server."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.domain.limits import MIB
from octavo_server.modules import MODULES, module_specs
from octavo_server.ports.runner import Crashed, Outcome, Refused, Spooled, Succeeded, Task
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.sandbox import Sandbox
from tests import documents
from tests.integration.index_modules import DATABASE_MAKERS, FACTOR

LIMITS = ChildLimits(output_bytes_max=2 * MIB)
FACTORS = {name: module.spec.output_factor for name, module in MODULES.items()}


@pytest.fixture
async def ours() -> AsyncIterator[Sandbox]:
    """Runs Octavo's own modules."""
    async with Sandbox(limits=LIMITS, children=1, output_factors=FACTORS, indexers=["keyword-db"]) as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Runs modules that make indexes, honestly or not."""
    modules = "tests.integration.index_modules"
    factors = {"large_index": FACTOR, "too_large_index": FACTOR, "too_large_index_by_force": FACTOR}
    async with Sandbox(
        limits=LIMITS,
        children=1,
        modules=modules,
        output_factors=factors,
        indexers=DATABASE_MAKERS,
        spool_folder=tmp_path,
    ) as sandbox:
        yield sandbox


async def run(
    sandbox: Sandbox,
    module: str,
    source: bytes = b"x",
    *,
    file_name: str = "a.txt",
    media_type: str = "",
    seen: list[Progress] | None = None,
) -> Outcome:
    run = ModuleRun(name=module, key=module, model="sqlite" if module == "keyword-db" else "base")
    task = Task(run=run, file_name=file_name, media_type=media_type, source=source, seconds_max=60.0)
    return await sandbox.run(task, (seen if seen is not None else []).append)


def rows_of(data: bytes | Spooled) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data if isinstance(data, bytes) else data.file.read())
    rows = connection.execute("SELECT * FROM keyword_search").fetchall()
    connection.close()
    return rows


def spooled_files() -> int:
    """Open files of this process that have no name any more."""
    # The folder itself is open while it is listed, and gone when it is looked at.
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum("(deleted)" in str(link.readlink()) for link in links)


async def test_a_pdf_becomes_an_sqlite_file_and_an_index(ours: Sandbox) -> None:
    result = await run(ours, "keyword-db", documents.pdf(["Two mice.", "A mouse!"]), file_name="a.pdf")

    assert isinstance(result, Succeeded), result
    assert result.media_type == "application/vnd.sqlite3"
    assert [row[:2] for row in rows_of(result.output)] == [("two", "two"), ("mice", "mouse"), ("mouse", "mouse")]
    assert isinstance(result.index, bytes)
    lines = [json.loads(line) for line in result.index.splitlines()]
    assert [(lemma, count, [word for word, _, _ in places]) for lemma, count, places in lines] == [
        ("mouse", 2, ["mice", "mouse"]),
        ("two", 1, ["two"]),
    ]
    assert result.metadata is not None
    assert result.metadata.page_count == 2


async def test_a_chain_of_three_ends_in_keywords(ours: Sandbox) -> None:
    snippets = await run(ours, "parser", b"One kettle.\nTwo kettles. Noon.\n\n")
    assert isinstance(snippets, Succeeded)
    assert snippets.facts == {"num_lines": 3}
    assert isinstance(snippets.output, bytes)
    text = await run(ours, "json-to-txt", snippets.output, media_type=snippets.media_type)
    assert isinstance(text, Succeeded)
    assert text.output == b"One kettle.\nTwo kettles.\nNoon."
    result = await run(ours, "keyword-db", text.output, media_type=text.media_type)

    assert isinstance(result, Succeeded)
    assert rows_of(result.output) == [
        ("one", "one", 1, 1),
        ("kettle", "kettle", 1, 2),
        ("two", "two", 2, 1),
        ("kettles", "kettle", 2, 2),
        ("noon", "noon", 3, 1),
    ]
    assert result.facts == {"num_lines": 3}
    assert result.metadata is None


async def test_a_text_as_large_as_an_output_may_be_passes_and_tells_how_far_it_is(ours: Sandbox) -> None:
    seen: list[Progress] = []
    # Many more bytes of keywords than of text: single letters on short lines.
    text = b"x w z\n" * (LIMITS.output_bytes_max // 6)
    result = await run(ours, "keyword-db", text, seen=seen)

    assert isinstance(result, Succeeded), result
    assert isinstance(result.output, Spooled)
    assert result.output.size_bytes > 10 * len(text)
    assert len(rows_of(result.output)) == len(text) // 2
    assert result.facts == {"num_lines": len(text) // 6}
    assert Progress("byte", len(text), len(text)) in seen or any(step.unit == "character" for step in seen)
    result.close()


@pytest.mark.parametrize("text", [b"x" * 2_000_000, b"x-" * 300_000, b"1." * 900_000, b"\n" * 2_000_000 + b"x"])
async def test_texts_that_no_person_wrote_end_well(ours: Sandbox, text: bytes) -> None:
    result = await run(ours, "keyword-db", text)

    assert isinstance(result, Succeeded), result
    assert rows_of(result.output)
    result.close()


async def test_a_blank_text_has_no_keywords_and_is_refused(ours: Sandbox) -> None:
    assert await run(ours, "keyword-db", b" \n ") == Refused("NO_TEXT", "no text: the document is blank")


def test_base_is_another_name_of_the_model_sqlite() -> None:
    spec = module_specs(has_tika_server=False)["keyword-db"]

    assert {spec.model(name, field="model").name for name in ("", "sqlite", "base")} == {"sqlite"}


async def test_an_index_comes_with_its_output(sandbox: Sandbox) -> None:
    assert await run(sandbox, "index") == Succeeded(
        output=b"data", media_type="text/plain", index=b"index", facts={"num_lines": 3}
    )
    assert await run(sandbox, "no_index") == Succeeded(output=b"data", media_type="text/plain")


async def test_a_large_index_goes_into_a_file(sandbox: Sandbox) -> None:
    result = await run(sandbox, "large_index")

    assert isinstance(result, Succeeded), result
    size = LIMITS.output_bytes_max * FACTOR
    for content in (result.output, result.index):
        assert isinstance(content, Spooled)
        assert content.size_bytes == size
        assert content.file.read() == bytes(size)
        assert content.sha256 == hashlib.sha256(bytes(size)).hexdigest()
    result.close()


async def test_an_index_that_is_too_large_is_refused(sandbox: Sandbox) -> None:
    result = await run(sandbox, "too_large_index")

    assert result == Refused("OUTPUT_TOO_LARGE", "the output is larger than 6,291,456 bytes")


@pytest.mark.parametrize(
    "module",
    ["too_large_index_by_force", "two_indexes", "index_of_another_task", "index_of_nothing", "index_of_text_by_force"],
)
async def test_an_index_that_breaks_a_rule_ends_its_child_and_leaves_no_file(sandbox: Sandbox, module: str) -> None:
    before = spooled_files()

    assert await run(sandbox, module) == Crashed("CHILD_DIED", "its process answered with nonsense and was stopped")
    assert spooled_files() == before
    assert await run(sandbox, "index") != await run(sandbox, "no_index")


async def test_a_cancelled_module_leaves_no_file_of_its_index(sandbox: Sandbox) -> None:
    before = spooled_files()
    has_begun = asyncio.Event()

    task = Task(
        run=ModuleRun(name="index_and_sleep", key="k", model="only"),
        file_name="a.txt",
        media_type="",
        source=b"x",
        seconds_max=60.0,
    )
    running = asyncio.create_task(sandbox.run(task, lambda _progress: has_begun.set()))
    await has_begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert spooled_files() == before


@pytest.mark.parametrize(
    "module",
    ["wrong_facts", "wrong_media_type", "wrong_data", "wrong_reason", "wrong_progress", "index_of_text"],
)
async def test_what_an_honest_module_does_wrong_is_its_error_and_not_a_crash(sandbox: Sandbox, module: str) -> None:
    result = await run(sandbox, module)

    assert result == Refused("MODULE_ERROR", f"module {module} failed in a way nobody foresaw")
