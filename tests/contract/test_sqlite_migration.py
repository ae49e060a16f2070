"""A database that the first schema wrote is brought up to date, and nothing of it is lost."""

import json
import sqlite3
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from octavo_server.domain.files import Tag
from octavo_server.domain.ids import Instant, Revision
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import valid_query
from octavo_server.engines import sqlite
from octavo_server.engines.codec import encode_job
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.ports.engine import JobChanged, JobRemoved
from tests.contract.listing_samples import hits, jobs_listed, leaves, paths
from tests.contract.samples import FAILURE, NOW, PIPELINE, TENANT, ManualClock, new_job, new_pipeline


def old_body(job: Job) -> str:
    """As the first schema's server wrote it."""
    body = json.loads(encode_job(job))
    del body["file"]["update_time"]
    for run in body["runs"]:
        del run["facts"], run["attempts_before"]
    return json.dumps(body, separators=(",", ":"))


def write_old(folder: Path, jobs: list[Job]) -> None:
    connection = sqlite3.connect(folder / "octavo.db", isolation_level=None)
    script = files(sqlite).joinpath("migrations", "0001_jobs.sql").read_text(encoding="utf-8")
    connection.executescript(f"{script}\nPRAGMA user_version = 1;")
    for pipeline in (new_pipeline(), new_pipeline("q"), new_pipeline(tenant="another")):
        connection.execute(
            "INSERT INTO pipelines VALUES (?, ?, ?, ?)",
            (pipeline.tenant, pipeline.name, json.dumps(pipeline.chain), pipeline.create_time),
        )
    for number, job in enumerate(jobs, start=1):
        row = {
            "number": number,
            "revision": job.revision,
            "request_id": job.request_id,
            "file_id": job.file.file_id,
            "tenant": job.tenant,
            "pipeline": job.pipeline,
            "path": job.file.path,
            "idempotency_key": job.idempotency_key,
            "priority": job.priority.value,
            "expire_time": job.expire_time,
            "is_final": job.state.is_final,
            "body": old_body(job),
        }
        names = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({names})", row)  # our own names
    connection.execute("INSERT INTO removed VALUES (7, 'gone', ?)", (NOW,))
    connection.close()


@pytest.fixture
def jobs() -> list[Job]:
    waiting = new_job(name="a.txt", revision=Revision(5), create_time=Instant(NOW + 2))
    tagged = replace(waiting.file, tags=(Tag("kind", "x"), Tag("year", "2026")), directory="/a/b")
    second = new_job(name="b.txt", revision=Revision(6)).module_started(NOW).module_failed(NOW, FAILURE)
    return [replace(waiting, file=tagged), second, new_job(revision=Revision(3))]


async def test_an_old_database_is_brought_up_to_date(tmp_path: Path, jobs: list[Job]) -> None:
    write_old(tmp_path, jobs)
    engine = await SqliteEngine.open(tmp_path, clock=ManualClock())
    try:
        for job in jobs:
            assert await engine.get(TENANT, job.request_id) == job
        assert await paths(engine) == [job.file.path for job in reversed(jobs)]
        for query in (
            valid_query(directories=["/a/*"]),
            valid_query(tags=[("kind", "x")]),
            valid_query(names=["a.txt"]),
            valid_query(names=["*a.t*"]),
            valid_query(create_time_min=Instant(NOW + 1)),
            valid_query(update_time_min=Instant(NOW + 1)),
        ):
            assert await paths(engine, query) == ["/a/b/a.txt"]
        assert await jobs_listed(engine, states=[JobState.FAILED]) == [jobs[1].request_id]
        assert await leaves(engine, "/a*") == ["/a/b/a.txt"]
        assert await hits(engine, "a") == []
        # The order of work is that of the revisions, as before.
        assert [(await engine.claim()).job for _ in range(2)] == [jobs[2], jobs[0]]
        # Whose a job was that was removed before, nobody knows any more; the feed of all still tells it.
        own = await engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=9)
        assert own == [JobChanged(job) for job in sorted(jobs, key=lambda one: one.revision)]
        changes = engine.changes(Revision(6))
        assert await anext(changes) == JobRemoved("gone", Revision(7), "", "")
        await changes.aclose()
        assert (await engine.put_pipeline(new_pipeline("new"))).name == "new"
    finally:
        await engine.close()
