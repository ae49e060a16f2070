"""What only an engine with a disk can promise."""

import asyncio
import contextlib
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from octavo_server.domain.errors import NotFoundError, OctavoError, ResourceExhaustedError
from octavo_server.domain.ids import Instant, RequestId, Revision
from octavo_server.domain.jobs import JobState, Priority
from octavo_server.engines.sqlite import DataDirError, DataDirInUseError, SchemaTooNewError, SqliteEngine
from octavo_server.ports.engine import Accepted, JobChanged, JobRemoved
from tests.contract.listing_samples import ended, file_at, hits, paths
from tests.contract.samples import (
    DOCUMENT,
    NOW,
    OUTPUT,
    PIPELINE,
    TENANT,
    ManualClock,
    new_job,
    new_pipeline,
    output,
)

KILLED_AFTER_JOBS = 200
ORDER = [Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.NORMAL]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@asynccontextmanager
async def opened(data_dir: Path, clock: ManualClock | None = None, **options: Any) -> AsyncIterator[SqliteEngine]:
    engine = await SqliteEngine.open(data_dir, clock=clock or ManualClock(), **options)
    try:
        await engine.put_pipeline(new_pipeline())
        yield engine
    finally:
        await engine.close()


async def test_everything_is_there_after_a_restart(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        waiting = (await engine.accept(new_job(idempotency_key="k"), DOCUMENT)).job
        await engine.accept(new_job(), DOCUMENT)
        await engine.accept(new_job(blob_key="a" * 32), None)
        # The oldest is left as it is; the two others end, one with an output.
        lease, second, third = [await engine.claim() for _ in range(3)]
        assert lease.job == waiting
        started = await engine.record(second, second.job.module_started(NOW))
        ended = await engine.record(second, started.module_succeeded(NOW, output()), OUTPUT)
        cancelled = await engine.update(third.job.cancel_requested(NOW))
        position = await engine.position()
    async with opened(data_dir) as engine:
        for job in (waiting, ended, cancelled):
            assert await engine.get(TENANT, job.request_id) == job
            assert await engine.get_by_file(TENANT, job.file.file_id) == job
        assert await engine.inline(waiting.request_id, "document") == DOCUMENT
        assert await engine.inline(ended.request_id, 0) == OUTPUT
        assert await engine.known_blobs(["a" * 32]) == {"a" * 32}
        assert await engine.find_accepted(TENANT, PIPELINE, "k") == waiting
        assert await engine.get_pipeline(TENANT, PIPELINE) == new_pipeline()
        assert await engine.position() == position
        # Leases end with the process that gave them.
        assert (await engine.claim()).job == waiting


async def test_after_a_restart_the_order_of_work_is_the_same(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        jobs = [(await engine.accept(new_job(priority=priority), DOCUMENT)).job for priority in ORDER]
    async with opened(data_dir) as engine:
        claimed = [(await engine.claim()).job for _ in jobs]
    assert claimed == [jobs[2], jobs[1], jobs[3], jobs[0]]


async def test_revisions_are_never_given_out_again(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        job = (await engine.accept(new_job(), DOCUMENT)).job
        await engine.remove(TENANT, [job.request_id])
        position = await engine.position()
    async with opened(data_dir) as engine:
        assert await engine.position() == position
        assert (await engine.accept(new_job(), DOCUMENT)).job.revision > position


async def test_removals_are_replayed_for_an_hour_over_restarts(data_dir: Path) -> None:
    clock = ManualClock()

    async def replayed() -> list[RequestId]:
        async with aclosing(engine.changes(Revision(0))) as changes:
            seen = []
            while True:
                change = await anext(changes)
                if isinstance(change, JobChanged):
                    return seen
                assert isinstance(change, JobRemoved)
                seen.append(change.request_id)

    async with opened(data_dir, clock) as engine:
        first = (await engine.accept(new_job(), DOCUMENT)).job
        await engine.remove(TENANT, [first.request_id])
        clock.time = Instant(NOW + 3_599)
        second = (await engine.accept(new_job(), DOCUMENT)).job
        await engine.remove(TENANT, [second.request_id])
    async with opened(data_dir, clock) as engine:
        await engine.accept(new_job(), DOCUMENT)
        assert await replayed() == [first.request_id, second.request_id]


def acknowledged_until_killed(data_dir: Path) -> list[RequestId]:
    """Run a process that accepts jobs, kill -9 it, and tell which acceptances it had acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.accepting_process", str(data_dir)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(KILLED_AFTER_JOBS)]
        process.kill()
        lines += process.stdout
    return [RequestId(line.strip()) for line in lines if line.endswith("\n")]


async def test_every_acknowledged_job_survives_a_kill(data_dir: Path) -> None:
    acknowledged = await asyncio.to_thread(acknowledged_until_killed, data_dir)
    assert len(acknowledged) >= KILLED_AFTER_JOBS
    async with opened(data_dir) as engine:
        for request_id in acknowledged:
            job = await engine.get(TENANT, request_id)
            assert job.state is JobState.PENDING
            assert await engine.inline(job.request_id, "document") == DOCUMENT
        claimed = {(await engine.claim()).job.request_id for _ in acknowledged}
        assert len(claimed) == len(acknowledged)


async def test_a_second_server_is_refused_while_the_first_one_runs(data_dir: Path) -> None:
    async with opened(data_dir):
        with pytest.raises(DataDirInUseError, match=r"in use by another octavo-server .*: stop it first"):
            await SqliteEngine.open(data_dir, clock=ManualClock())
    async with opened(data_dir) as engine:
        await engine.accept(new_job(), DOCUMENT)


async def test_a_database_of_a_later_version_is_refused_and_left_alone(data_dir: Path) -> None:
    async with opened(data_dir):
        pass
    with contextlib.closing(sqlite3.connect(data_dir / "octavo.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    for _ in range(2):
        with pytest.raises(SchemaTooNewError, match=r"schema 99.*: run that version"):
            await SqliteEngine.open(data_dir, clock=ManualClock())


async def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataDirError, match="give another --data-dir"):
        await SqliteEngine.open(tmp_path / "file" / "data", clock=ManualClock())


@pytest.fixture
def damaged_data_dir(data_dir: Path) -> Path:
    data_dir.mkdir()
    (data_dir / "octavo.db").write_bytes(b"no database " * 1_000)
    return data_dir


async def test_a_damaged_database_is_refused(damaged_data_dir: Path) -> None:
    with pytest.raises(DataDirError, match="restore the file from a backup"):
        await SqliteEngine.open(damaged_data_dir, clock=ManualClock())


@contextmanager
def full_disk(data_dir: Path) -> Iterator[None]:
    """No file can grow beyond what the log of the database has now, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((data_dir / "octavo.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def changes_until(changes: AsyncGenerator[Any, None], revision: Revision) -> list[RequestId]:
    seen = []
    async for change in changes:
        seen.append(change.job.request_id)
        if change.job.revision == revision:
            break
    return seen


async def test_a_commit_that_fails_publishes_nothing(data_dir: Path) -> None:
    async with opened(data_dir) as engine, aclosing(engine.changes(Revision(0))) as changes:
        first = (await engine.accept(new_job(), DOCUMENT)).job
        assert await anext(changes) == JobChanged(first)
        lost = [new_job() for _ in range(5)]
        with full_disk(data_dir):
            answers = await asyncio.gather(
                *(engine.accept(job, DOCUMENT) for job in lost),
                engine.update(first.cancel_requested(NOW)),
                return_exceptions=True,
            )
        assert all(isinstance(answer, OctavoError) for answer in answers), answers
        assert await engine.position() == first.revision
        assert await engine.get(TENANT, first.request_id) == first
        for job in lost:
            with pytest.raises(NotFoundError):
                await engine.get(TENANT, job.request_id)
        # The engine goes on, and nothing of the failed transaction is in its way.
        retried = [(await engine.accept(replace(job), DOCUMENT)).job for job in lost]
        seen = await changes_until(changes, retried[-1].revision)
        assert seen == [job.request_id for job in lost]
        assert [(await engine.claim()).job for _ in range(6)] == [first, *retried]


async def test_an_operation_that_cannot_be_done_fails_alone(data_dir: Path) -> None:
    async with opened(data_dir, queue_jobs_max=4) as engine:
        broken = new_job(priority=_NotANumber())
        answers = await asyncio.gather(
            engine.accept(new_job(), DOCUMENT),
            engine.accept(broken, DOCUMENT),
            engine.accept(new_job(), DOCUMENT),
            return_exceptions=True,
        )
        assert [isinstance(answer, Accepted) for answer in answers] == [True, False, True]
        # Nor does it take a place in the queue.
        await engine.accept(new_job(), DOCUMENT)
        await engine.accept(new_job(), DOCUMENT)
        with pytest.raises(ResourceExhaustedError):
            await engine.accept(new_job(), DOCUMENT)


class _NotANumber:
    """Fits into JSON, but into no column of numbers."""

    value = "many"


async def test_a_job_that_left_memory_is_read_again(data_dir: Path) -> None:
    async with opened(data_dir, jobs_cached_max=2) as engine:
        jobs = [(await engine.accept(new_job(), DOCUMENT)).job for _ in range(5)]
        for _ in range(2):
            assert [await engine.get(TENANT, job.request_id) for job in jobs] == jobs


async def test_a_read_never_brings_back_an_old_state(data_dir: Path) -> None:
    async with opened(data_dir, jobs_cached_max=1) as engine:
        job = (await engine.accept(new_job(), DOCUMENT)).job
        await engine.accept(new_job(), DOCUMENT)
        for _ in range(20):
            read, job = await asyncio.gather(
                engine.get(TENANT, job.request_id), engine.update(replace(job, update_time=NOW))
            )
            assert read.revision <= job.revision
            assert await engine.get(TENANT, job.request_id) == job


async def test_who_gives_up_waiting_does_not_undo_what_was_recorded(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        job = new_job()
        accepting = asyncio.create_task(engine.accept(job, DOCUMENT))
        await asyncio.sleep(0)
        accepting.cancel()
        await asyncio.gather(accepting, return_exceptions=True)
        assert (await engine.claim()).job.request_id == job.request_id


async def test_metadata_indexes_and_retries_survive_a_restart(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        first = await file_at(engine, "/1.txt")
        second = await file_at(engine, "/2.txt")
        failed = await ended(engine, fails=True)
        await ended(engine, lemmas=("cat",))
        waiting = await file_at(engine, "/3.txt")
        last = await file_at(engine, "/4.txt")
        retried = await engine.update(failed.retried(NOW))
        refiled = (await engine.refile(waiting.refiled(NOW, replace(waiting.file, name="5.txt"), NOW + 99))).job
    async with opened(data_dir) as engine:
        assert await engine.get(TENANT, first.request_id) == retried
        assert await paths(engine) == ["/4.txt", "/5.txt", "/2.txt", "/1.txt"]
        assert await hits(engine, "cat") == [(second.file.path, ["cat"])]
        # Who was only refiled has kept the place in the queue.
        assert [(await engine.claim()).job for _ in range(3)] == [refiled, last, retried]


async def test_the_words_of_removed_jobs_are_forgotten_also_after_a_restart(data_dir: Path) -> None:
    async with opened(data_dir) as engine:
        jobs = [await file_at(engine, f"/{number}.txt") for number in range(20)]
        for _ in jobs:
            await ended(engine, lemmas=("cat", "dog"))
        await engine.remove(TENANT, [job.request_id for job in jobs[1:]])
    async with opened(data_dir) as engine:
        while await asyncio.to_thread(parts_in, data_dir) > 1:
            await engine.known_blobs([])
        assert await hits(engine, "cat", "dog") == [("/0.txt", ["cat", "dog"])]


def parts_in(data_dir: Path) -> int:
    with contextlib.closing(sqlite3.connect(data_dir / "octavo.db")) as connection:
        connection.execute("BEGIN")  # all of one moment: the engine goes on meanwhile
        [count] = connection.execute("SELECT count(*) FROM keyword_parts").fetchone()
        [entries] = connection.execute("SELECT count(DISTINCT part) FROM keyword_entries").fetchone()
        [words] = connection.execute("SELECT count(*) FROM keywords WHERE keywords MATCH '\"1_cat\"'").fetchone()
    assert count == entries == words
    return int(count)
