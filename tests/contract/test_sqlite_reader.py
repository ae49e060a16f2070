"""What callers hear when the reader can't read."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.queries import EVERY_FILE
from octavo_server.engines.sqlite import DataDirError, SqliteEngine, reading
from octavo_server.engines.sqlite.data_dir import DATABASE_NAME
from octavo_server.engines.sqlite.reading import Reader, Snapshot
from octavo_server.ports.listings import JobPage
from tests.contract.samples import NOW, PIPELINE, TENANT, ManualClock, new_pipeline


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    engine = await SqliteEngine.open(tmp_path, clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    yield engine
    await engine.close()


async def list_files(engine: SqliteEngine) -> JobPage:
    return await engine.list_files(TENANT, PIPELINE, EVERY_FILE, states=[], now=NOW, after=None, jobs_max=10)


def fail(snapshot: Snapshot) -> Any:
    snapshot.one("SELECT 1", {})
    raise sqlite3.OperationalError("disk I/O error")


async def test_trouble_with_the_disk_is_told_as_unavailable_and_ends_with_the_question(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    reader = await Reader.open(tmp_path)
    with pytest.raises(UnavailableError) as told:
        await reader.ask(fail)
    assert told.value.reason == "STORAGE_FAILED"
    assert isinstance(told.value.__cause__, sqlite3.OperationalError)
    assert await reader.ask(lambda snapshot: snapshot.one("SELECT 1", {})) == (1,)
    await reader.close()
    assert await list_files(engine) == JobPage((), None)


async def test_a_database_that_another_tool_has_locked_is_told_as_unavailable(tmp_path: Path) -> None:
    """Without a write-ahead log, as when somebody copied a file there, one who writes locks readers out."""
    other = sqlite3.connect(tmp_path / DATABASE_NAME, isolation_level=None)
    other.execute("CREATE TABLE t (a)")
    reader = await Reader.open(tmp_path)
    await reader.ask(lambda snapshot: snapshot.one("PRAGMA busy_timeout = 0", {}))
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UnavailableError) as told:
        await reader.ask(lambda snapshot: snapshot.one("SELECT * FROM t", {}))
    assert told.value.reason == "STORAGE_FAILED"
    other.execute("ROLLBACK")
    assert await reader.ask(lambda snapshot: snapshot.one("SELECT * FROM t", {})) is None
    await reader.close()
    other.close()


async def test_a_damaged_page_is_told_as_unavailable(engine: SqliteEngine, tmp_path: Path) -> None:
    def damage() -> None:
        path = tmp_path / DATABASE_NAME
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))

    await engine.close()
    reader = await Reader.open(tmp_path)
    await asyncio.to_thread(damage)
    with pytest.raises(UnavailableError):
        await reader.ask(lambda snapshot: snapshot.one("SELECT count(*) FROM jobs", {}))
    await reader.close()


async def test_after_its_end_every_question_is_refused(engine: SqliteEngine) -> None:
    await engine.close()
    with pytest.raises(UnavailableError):
        await list_files(engine)


async def test_a_question_that_was_asked_before_the_end_is_answered(engine: SqliteEngine) -> None:
    asked = [asyncio.ensure_future(list_files(engine)) for _ in range(3)]
    await asyncio.sleep(0)
    await engine.close()
    assert await asyncio.gather(*asked) == [JobPage((), None)] * 3


async def test_an_engine_whose_reader_cannot_open_lets_go_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_data_dir: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "open_for_reading", fails)
        with pytest.raises(DataDirError, match="can't be read"):
            await SqliteEngine.open(tmp_path, clock=ManualClock())
    engine = await SqliteEngine.open(tmp_path, clock=ManualClock())
    await engine.close()
