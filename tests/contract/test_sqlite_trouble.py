"""What the SQLite engine does when something goes wrong inside, and what it leaves on disk."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from octavo_server.domain.errors import UnavailableError
from octavo_server.engines.sqlite import SqliteEngine, housekeeping
from octavo_server.engines.sqlite.group_commit import GroupCommit
from octavo_server.engines.sqlite.schema import open_database
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import JobChanged
from tests.contract.listing_samples import ended, hits
from tests.contract.samples import DOCUMENT, NOW, TENANT, ManualClock, new_job, new_pipeline

SECRET = b"the patient's name is on page 3 "


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    engine = await SqliteEngine.open(tmp_path, clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    yield engine
    await engine.close()


class NotANumber:
    """Fits into JSON, but into no column of numbers."""

    value = "many"


async def test_changes_are_told_in_order_although_one_of_their_transaction_fails(engine: SqliteEngine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    async with aclosing(engine.changes(job.revision)) as changes:
        reading = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        # The first one keeps the thread busy, the others share a transaction.
        _, updated, broken, last = await asyncio.gather(
            engine.known_blobs([]),
            engine.update(job.cancel_requested(NOW)),
            engine.accept(new_job(priority=NotANumber()), DOCUMENT),
            engine.accept(new_job(), DOCUMENT),
            return_exceptions=True,
        )
        assert isinstance(broken, UnavailableError)
        assert not isinstance(updated, BaseException)
        assert not isinstance(last, BaseException)
        assert [await reading, await anext(changes)] == [JobChanged(updated), JobChanged(last.job)]


class SecondUndoFails(Tables):
    """The disk fails in the middle."""

    undone = 0

    def roll_back(self) -> None:
        self.undone += 1
        if self.undone == 2:  # the first one undoes the whole batch
            raise sqlite3.OperationalError("disk I/O error")
        super().roll_back()


def fail(_tables: Tables) -> None:
    raise ValueError("can't be done")


def put_pipeline(name: str, tables: Tables) -> str:
    tables.execute("INSERT INTO pipelines SELECT 't', ?, '[\"parser\"]', 0.0, count(*) FROM pipelines", name)
    return name


async def test_what_is_committed_is_told_so_even_if_undoing_another_fails(tmp_path: Path) -> None:
    thread = GroupCommit(queue_jobs_max=1)
    await thread.start(lambda: SecondUndoFails(open_database(tmp_path)))
    published: list[str] = []
    answers = await asyncio.gather(
        thread.run(partial(put_pipeline, "first")),
        thread.run(partial(put_pipeline, "second"), published.append),
        thread.run(fail),
        thread.run(partial(put_pipeline, "third"), published.append),
        return_exceptions=True,
    )
    assert answers[:2] == ["first", "second"]
    assert published == ["second"]
    assert [type(answer) for answer in answers[2:]] == [UnavailableError] * 2
    # It goes on, and what was told is what is on record.
    assert await thread.run(partial(put_pipeline, "fourth")) == "fourth"
    names = await thread.run(lambda tables: tables.all("SELECT name FROM pipelines ORDER BY name"))
    assert names == [("first",), ("fourth",), ("second",)]
    await thread.close()


def holding_secret(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if SECRET in path.read_bytes()]


async def accept_and_remove(engine: SqliteEngine, **fields: Any) -> None:
    jobs = [(await engine.accept(new_job(**fields), SECRET * 100)).job for _ in range(5)]
    await engine.remove(TENANT, [job.request_id for job in jobs[1:]])
    await engine.remove(TENANT, [jobs[0].request_id])


async def test_what_was_removed_is_not_in_the_files_any_more(engine: SqliteEngine, tmp_path: Path) -> None:
    await accept_and_remove(engine)
    await engine.close()
    assert await asyncio.to_thread(holding_secret, tmp_path) == []


async def test_what_was_removed_leaves_the_log_while_the_engine_runs(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PURGE_SECONDS", 0.0)
    await accept_and_remove(engine)
    # Each round gives the thread a moment without work.
    while await asyncio.to_thread(holding_secret, tmp_path):
        await engine.known_blobs([])


def holding_words(folder: Path) -> list[str]:
    # Without its first letters: FTS5 leaves out what a word has in common with the one before.
    return [path.name for path in folder.iterdir() if b"opsychi" in path.read_bytes()]


async def test_words_of_removed_jobs_leave_the_search_index_while_the_engine_runs(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PURGE_SECONDS", "MERGE_SECONDS"):
        monkeypatch.setattr(housekeeping, name, 0.0)
    jobs = []
    for number in range(20):
        await engine.accept(new_job(), DOCUMENT)
        jobs.append(await ended(engine, lemmas=(f"metempsychi{number}", f"metropsychi{number}", f"stay{number}")))
    assert await asyncio.to_thread(holding_words, tmp_path)
    await engine.remove(TENANT, [job.request_id for job in jobs[1::2]])
    while await asyncio.to_thread(holding_words, tmp_path) and jobs:
        # What is removed between two merges goes with the next one.
        await engine.remove(TENANT, [jobs.pop().request_id])
    while await asyncio.to_thread(holding_words, tmp_path):
        await engine.known_blobs([])


async def test_other_words_stay_when_those_of_removed_jobs_leave(
    engine: SqliteEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PURGE_SECONDS", "MERGE_SECONDS"):
        monkeypatch.setattr(housekeeping, name, 0.0)
    jobs = []
    for number in range(20):
        await engine.accept(new_job(), DOCUMENT)
        lemma = "metropsychi" if number % 2 else "stays"
        jobs.append(await ended(engine, lemmas=(lemma, f"own{number}")))
    await engine.remove(TENANT, [job.request_id for job in jobs[1::2]])
    while await asyncio.to_thread(holding_words, tmp_path):
        await engine.known_blobs([])
    assert len(await hits(engine, "stays")) == 10
    assert await hits(engine, "metropsychi") == []
    assert [lemmas for _, lemmas in await hits(engine, "own18", "own19")] == [["own18"]]
