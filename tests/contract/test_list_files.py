"""What `list_files` and `unmatched` promise."""

from dataclasses import replace

import pytest

from octavo_server.domain.files import Tag
from octavo_server.domain.ids import Instant, PipelineName
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import EVERY_FILE, FileQuery, valid_query
from octavo_server.ports.engine import Engine
from tests.contract.conftest import OpenEngine
from tests.contract.listing_samples import ended, file_at, paths
from tests.contract.samples import NOW, OTHER_TENANT, PIPELINE, TENANT, new_pipeline

FILES = ["/top.txt", "/a.txt", "/a/one.txt", "/a/b/two.txt", "/ab/three.md", "/etc/o-n e.txt"]
UUID = "0b2b4a39-9d1b-4a52-a3b1-1f2d3c4b5a69"


@pytest.fixture(params=[20_000, 2])
async def engine(open_engine: OpenEngine, request: pytest.FixtureRequest) -> Engine:
    """Also one that may look at two jobs a call only, as a full one at thousands."""
    return await open_engine(looked_at_max=request.param)


async def file_all(engine: Engine) -> None:
    for path in FILES:
        await file_at(engine, path)


@pytest.mark.parametrize("page_jobs", [1, 2, 100])
async def test_files_come_newest_first_or_oldest_first(engine: Engine, page_jobs: int) -> None:
    await file_all(engine)
    assert await paths(engine, page_jobs=page_jobs) == FILES[::-1]
    assert await paths(engine, page_jobs=page_jobs, oldest_first=True) == FILES


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (valid_query(names=["one.txt"]), {"/a/one.txt"}),
        (valid_query(names=["t*"]), {"/top.txt", "/a/b/two.txt", "/ab/three.md"}),
        (valid_query(names=["*.md", "*wo.t*"]), {"/ab/three.md", "/a/b/two.txt"}),
        (valid_query(names=["*e.txt"]), {"/a/one.txt", "/etc/o-n e.txt"}),
        (valid_query(directories=["/"]), {"/top.txt", "/a.txt"}),
        (valid_query(directories=["/*"]), set(FILES)),
        (valid_query(directories=["/a"]), {"/a/one.txt"}),
        (valid_query(directories=["/a*"]), {"/a/one.txt", "/a/b/two.txt", "/ab/three.md"}),
        (valid_query(directories=["/a/*"]), {"/a/b/two.txt"}),
        (valid_query(paths=["/a.txt", "/a/one.txt"]), {"/a.txt", "/a/one.txt"}),
        (valid_query(paths=["/t*", "/etc/*e.txt"]), {"/top.txt", "/etc/o-n e.txt"}),
        (valid_query(paths=["/a*/t*"]), {"/a/b/two.txt", "/ab/three.md"}),
        (valid_query(names=["nobody.txt"], directories=["/ab"]), {"/ab/three.md"}),
        (valid_query(names=["nobody.txt", "*nobody*"]), set()),
    ],
)
async def test_any_term_may_fit(engine: Engine, query: FileQuery, found: set[str]) -> None:
    await file_all(engine)
    for page_jobs in (1, 100):
        listed = await paths(engine, query, page_jobs=page_jobs)
        assert listed == [path for path in FILES[::-1] if path in found]


async def test_files_are_found_by_id_and_by_tag(engine: Engine) -> None:
    await file_at(engine, "/a/1.txt", tags=(("kind", "x"), ("year", "2026")), uuid=UUID)
    await file_at(engine, "/a/2.txt", tags=(("kind", "y"),))
    await file_at(engine, "/a/3.txt", tags=(("other", "x"),))
    assert await paths(engine, valid_query(file_ids=[UUID])) == ["/a/1.txt"]
    assert await paths(engine, valid_query(tags=[("kind", "y")])) == ["/a/2.txt"]
    assert await paths(engine, valid_query(tags=[("kind", "*")])) == ["/a/2.txt", "/a/1.txt"]
    mixed = valid_query(file_ids=[UUID], tags=[("kind", "y")], names=["*nobody*"])
    assert await paths(engine, mixed) == ["/a/2.txt", "/a/1.txt"]
    assert await paths(engine, valid_query(tags=[("kind", "z"), ("x", "kind")])) == []


async def test_bounds_of_time_include_their_ends(engine: Engine) -> None:
    for second in range(4):
        await file_at(engine, f"/{second}.txt", create_time=Instant(NOW + second))
    within = valid_query(create_time_min=Instant(NOW + 1), create_time_max=Instant(NOW + 2))
    assert await paths(engine, within) == ["/2.txt", "/1.txt"]
    # A file that was never changed counts as changed when it was made.
    assert await paths(engine, valid_query(update_time_min=Instant(NOW + 3))) == ["/3.txt"]
    assert await paths(engine, replace(within, names=valid_query(names=["1.txt", "3.txt"]).names)) == ["/1.txt"]


async def test_only_jobs_in_one_of_the_states_are_listed(engine: Engine) -> None:
    await file_all(engine)
    await ended(engine)
    await ended(engine, fails=True)
    assert await paths(engine, states=[JobState.SUCCEEDED]) == ["/top.txt"]
    assert await paths(engine, states=[JobState.FAILED, JobState.SUCCEEDED]) == ["/a.txt", "/top.txt"]
    named = valid_query(names=["a.txt", "top.txt", "one.txt"])
    assert await paths(engine, named, states=[JobState.PENDING]) == ["/a/one.txt"]
    assert await paths(engine, states=[JobState.CANCELLED]) == []


async def test_expired_files_are_left_out_before_they_are_swept(engine: Engine) -> None:
    await file_at(engine, "/a.txt", expire_time=Instant(NOW + 10))
    await file_at(engine, "/b.txt", expire_time=Instant(NOW + 11))
    for query in (EVERY_FILE, valid_query(names=["a.txt", "b.txt"])):
        assert await paths(engine, query, now=Instant(NOW + 10)) == ["/b.txt"]


async def test_files_of_others_are_never_seen(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    await file_at(engine, "/a.txt", pipeline="q", tags=(("k", "v"),), uuid=UUID)
    await file_at(engine, "/a.txt", tenant=OTHER_TENANT, tags=(("k", "v"),))
    for query in (
        EVERY_FILE,
        valid_query(names=["a.txt"]),
        valid_query(file_ids=[UUID]),
        valid_query(tags=[("k", "v")], file_ids=[UUID], names=["*a*"]),
    ):
        assert await paths(engine, query) == []
    assert await paths(engine, pipeline=PipelineName("q")) == ["/a.txt"]
    assert await paths(engine, pipeline=PipelineName("nobody's")) == []


async def test_pages_neither_skip_nor_repeat_while_files_come_and_go(engine: Engine) -> None:
    jobs = {path: await file_at(engine, path) for path in FILES}
    seen: list[str] = []
    after = None
    for step in range(20):
        page = await engine.list_files(TENANT, PIPELINE, EVERY_FILE, states=[], now=NOW, after=after, jobs_max=1)
        seen += [one.job.file.path for one in page.jobs]
        if page.next is None:
            break
        after = page.next
        await file_at(engine, f"/new/{step}.txt")
        if step == 0:
            await engine.remove(TENANT, [jobs["/a/b/two.txt"].request_id])
            moved = jobs["/a.txt"]
            await engine.refile(moved.refiled(NOW, replace(moved.file, name="moved.txt"), moved.expire_time))
    assert seen == ["/etc/o-n e.txt", "/ab/three.md", "/a/one.txt", "/moved.txt", "/top.txt"]


async def test_a_refiled_file_is_found_where_it_is_now(engine: Engine) -> None:
    job = await file_at(engine, "/a/old.txt", tags=(("k", "old"),))
    file = replace(job.file, directory="/b", name="new.txt", tags=(Tag("k", "new"),))
    await engine.refile(job.refiled(Instant(NOW + 5), file, job.expire_time))
    for query in (
        valid_query(names=["new.txt"]),
        valid_query(directories=["/b"]),
        valid_query(paths=["/b/n*"]),
        valid_query(tags=[("k", "new")]),
        valid_query(update_time_min=Instant(NOW + 5)),
    ):
        assert await paths(engine, query) == ["/b/new.txt"]
    for query in (
        valid_query(names=["old.txt"]),
        valid_query(directories=["/a*"]),
        valid_query(paths=["/a/old.txt"]),
        valid_query(tags=[("k", "old")]),
        valid_query(update_time_max=Instant(NOW + 4)),
    ):
        assert await paths(engine, query) == []


async def test_terms_that_fit_nothing_are_told(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    await file_at(engine, "/a/b/1.txt", tags=(("kind", "x"),), uuid=UUID)
    await file_at(engine, "/2.txt", expire_time=Instant(NOW + 1))
    await ended(engine)
    other = UUID.replace("0", "1")
    asked = valid_query(
        file_ids=[other, UUID],
        names=["z*", "1.txt", "*1*", "2.txt", "*2*"],
        directories=["/a", "/a/*", "/z*", "/*"],
        paths=["/a/b/1.txt", "/a/b/2.txt", "/a*/*2*", "/a*/1*"],
        tags=[("kind", "x"), ("kind", "y"), ("kind", "*"), ("x", "*")],
    )
    unmatched = valid_query(
        file_ids=[other],
        names=["z*", "2.txt", "*2*"],
        directories=["/a", "/z*"],
        paths=["/a/b/2.txt", "/a*/*2*"],
        tags=[("kind", "y"), ("x", "*")],
    )
    now = Instant(NOW + 1)
    assert await engine.unmatched(TENANT, PIPELINE, asked, states=[], now=now) == unmatched
    assert await engine.unmatched(TENANT, PIPELINE, asked, states=[JobState.SUCCEEDED], now=now) == unmatched
    assert await engine.unmatched(TENANT, PIPELINE, asked, states=[JobState.FAILED], now=now) == asked
    later = replace(asked, create_time_min=Instant(NOW + 1))
    assert await engine.unmatched(TENANT, PIPELINE, later, states=[], now=now) == later
    assert await engine.unmatched(OTHER_TENANT, PIPELINE, asked, states=[], now=now) == asked
