"""What SQLite's listings promise beyond the contract: any query is answered as its definition says, in whatever way."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from octavo_server.domain.ids import Instant
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import FileQuery, valid_query
from octavo_server.engines.sqlite import SqliteEngine
from tests.contract.listing_samples import STATES, ended, file_at, paths
from tests.contract.samples import NOW, PIPELINE, TENANT, ManualClock, new_pipeline

NAMES = ["a.txt", "ab.txt", "b-a.md", "b a.txt", "a.b.txt"]
DIRECTORIES = ["/", "/a", "/a/b", "/a-b", "/ab", "/b"]
TEXTS = ["a", "b", "a.", ".txt", "ab", "a.txt", "b-a.md", ".md"]

name_terms = st.builds(
    lambda text, before, after: "*" * before + text + "*" * after, st.sampled_from(TEXTS), st.booleans(), st.booleans()
)
directory_terms = st.sampled_from(["/", "/*", "/a", "/a*", "/a/*", "/a/b", "/b*", "/c"])
path_terms = st.builds(
    lambda directory, name: f"{directory.rstrip('/')}/{name}",
    directory_terms.filter(lambda one: one != "/*"),
    name_terms,
)
tag_terms = st.tuples(st.sampled_from("kl"), st.sampled_from("12*"))
bounds = st.none() | st.integers(0, 5).map(lambda second: Instant(NOW + second))


@st.composite
def queries(draw: st.DrawFn, jobs: int = 12) -> FileQuery:
    numbers = draw(st.lists(st.integers(0, jobs), max_size=2))
    least, most = sorted([draw(st.integers(0, 5)), draw(st.integers(0, 5))])
    return valid_query(
        file_ids=[uuid_of(number) for number in numbers],
        names=draw(st.lists(name_terms, max_size=2)),
        directories=draw(st.lists(directory_terms, max_size=1)),
        paths=draw(st.lists(path_terms, max_size=2)),
        tags=draw(st.lists(tag_terms, max_size=2)),
        create_time_min=draw(st.sampled_from([None, Instant(NOW + least)])),
        create_time_max=draw(st.sampled_from([None, Instant(NOW + most)])),
        update_time_min=draw(bounds),
    )


def uuid_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


async def file_some(engine: SqliteEngine) -> list[Job]:
    await engine.put_pipeline(new_pipeline())
    places = [(directory, name) for directory in DIRECTORIES for name in NAMES][::2]
    for number, (directory, name) in enumerate(places):
        await file_at(
            engine,
            f"{directory.rstrip('/')}/{name}",
            uuid=uuid_of(number),
            tags=tuple((key, str(number % 3)) for key in "kl"[: number % 3]),
            create_time=Instant(NOW + number % 6),
            expire_time=Instant(NOW + 1_000 if number % 5 else NOW + 1),
        )
    for number in range(6):
        await ended(engine, fails=number % 2 == 0)
    page = await engine.list_files(
        TENANT, PIPELINE, FileQuery(), states=[], now=Instant(0), after=None, jobs_max=100, oldest_first=True
    )
    return [one.job for one in page.jobs]


def test_any_query_finds_what_fits_it_and_nothing_else() -> None:
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        engine = runner.run(SqliteEngine.open(Path(folder), clock=ManualClock()))
        jobs = runner.run(file_some(engine))
        now = Instant(NOW + 1)

        @settings(max_examples=300, deadline=None)
        @given(
            query=queries(),
            states=st.lists(st.sampled_from(STATES), max_size=2),
            looked_at_max=st.sampled_from([1, 5, 20_000]),
            page_jobs=st.sampled_from([1, 3, 100]),
            oldest_first=st.booleans(),
        )
        def holds(
            query: FileQuery, states: list[JobState], looked_at_max: int, page_jobs: int, *, oldest_first: bool
        ) -> None:
            engine.looked_at_max = looked_at_max
            found = runner.run(
                paths(engine, query, states=states, now=now, page_jobs=page_jobs, oldest_first=oldest_first)
            )
            fitting = [
                job.file.path
                for job in jobs
                if query.fits(job.file, job.create_time)
                and not job.has_expired(now)
                and (not states or job.state in states)
            ]
            assert found == (fitting if oldest_first else fitting[::-1])

        try:
            holds()
        finally:
            runner.run(engine.close())
