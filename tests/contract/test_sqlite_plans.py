"""How SQLite answers listings: along indexes. A way through a whole table would be slow only with many jobs."""

import sqlite3
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from octavo_server.domain.ids import PipelineName, Revision
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import EVERY_FILE, valid_query
from octavo_server.domain.terms import directory_term
from octavo_server.engines.sqlite import SqliteEngine, reading
from octavo_server.engines.sqlite.data_dir import DATABASE_NAME
from octavo_server.engines.sqlite.schema import open_for_reading
from octavo_server.ports.listings import Position
from tests.contract.listing_samples import ended, file_at
from tests.contract.samples import NOW, PIPELINE, TENANT, ManualClock, new_pipeline

STATES: Sequence[list[JobState]] = ([], [JobState.SUCCEEDED, JobState.FAILED])
UUID = "00000000-0000-4000-8000-000000000001"
QUERIES = {
    "everything": EVERY_FILE,
    "ids": valid_query(file_ids=[UUID]),
    "names": valid_query(names=["a.txt", "a*"]),
    "name patterns": valid_query(names=["*a*"]),
    "directories": valid_query(directories=["/a", "/a/*"]),
    "paths": valid_query(paths=["/a/a.txt", "/a/b*"]),
    "path patterns": valid_query(paths=["/a*/*a*"]),
    "tags": valid_query(tags=[("k", "1"), ("l", "*")]),
    "times": valid_query(create_time_min=NOW, update_time_max=NOW),
    "all kinds": valid_query(
        file_ids=[UUID], names=["*a"], directories=["/a*"], paths=["/a/a.txt", "/b*/c"], tags=[("k", "1")]
    ),
}


async def ask_for_files(engine: SqliteEngine, positions: Sequence[Position | None]) -> None:
    for query, states in product(QUERIES.values(), STATES):
        await engine.unmatched(TENANT, PIPELINE, query, states=states, now=NOW)
        for after, is_forward in product(positions, (False, True)):
            await engine.list_files(
                TENANT, PIPELINE, query, states=states, now=NOW, after=after, jobs_max=10, oldest_first=is_forward
            )


async def ask_for_words(engine: SqliteEngine, positions: Sequence[Position | None]) -> None:
    for query, after, is_forward in product(QUERIES.values(), positions, (False, True)):
        await engine.search(
            TENANT, PIPELINE, ["one", "two"], query, now=NOW, after=after, files_max=10, oldest_first=is_forward
        )


async def ask_for_jobs(engine: SqliteEngine, positions: Sequence[Position | None]) -> None:
    for states, pipeline, after in product(STATES, (None, PIPELINE, PipelineName("other")), positions):
        await engine.list_jobs(TENANT, pipeline, states=states, now=NOW, after=after, jobs_max=10)
    await engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=10)


async def ask_for_leaves(engine: SqliteEngine) -> None:
    for states, directory, after in product(STATES, ("/", "/*", "/a", "/a*"), ("", "/a/a.txt")):
        term = directory_term(directory, field="directory")
        await engine.tree(TENANT, PIPELINE, term, states=states, now=NOW, after=after, files_max=10)


def traced(data_dir: Path, statements: set[str]) -> sqlite3.Connection:
    connection = open_for_reading(data_dir)
    connection.set_trace_callback(statements.add)
    return connection


@pytest.fixture
async def statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """All that the reader asks of SQLite, with the values put in."""
    seen: set[str] = set()
    monkeypatch.setattr(reading, "open_for_reading", partial(traced, statements=seen))
    engine = await SqliteEngine.open(tmp_path, clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    for number, directory in enumerate(["/", "/a", "/a/b", "/b"] * 5):
        await file_at(engine, f"{directory.rstrip('/')}/a{number}.txt", tags=(("k", "1"),))
        await ended(engine, lemmas=("one", "two"), fails=number % 4 == 0)
    positions = (None, Position(await engine.position() // 2))
    await ask_for_files(engine, positions)
    await ask_for_words(engine, positions)
    await ask_for_jobs(engine, positions)
    await ask_for_leaves(engine)
    await engine.close()
    # FTS5 asks for its configuration, and tells what it does in comments of one line.
    return {one for one in seen if "SELECT" in one and "keywords_config" not in one and not is_comment(one)}


def is_comment(statement: str) -> bool:
    return statement.startswith("--") and "\n" not in statement


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    return [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]


def goes_through(step: str) -> bool:
    """Through a table, not only a list of the caller's, the search index, or what a LIMIT has cut off?"""
    return step.startswith("SCAN") and "VIRTUAL TABLE" not in step and "(subquery" not in step


def starts_from_list(steps: list[str]) -> bool:
    first = next(step for step in steps if step.startswith(("SCAN", "SEARCH")))
    return "VIRTUAL TABLE" in first and "keywords" not in first


async def test_no_listing_goes_through_a_whole_table(statements: set[str], tmp_path: Path) -> None:
    assert len(statements) > 100
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    slow = {(step, one) for one in statements for step in plan(connection, one) if goes_through(step)}
    connection.close()
    assert slow == set()


async def test_listings_sort_only_what_they_were_given_as_a_list(statements: set[str], tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    plans = [plan(connection, statement) for statement in statements]
    connection.close()
    sorting = [steps for steps in plans if any("TEMP B-TREE" in step for step in steps)]
    assert sorting
    assert [steps for steps in sorting if not starts_from_list(steps)] == []
