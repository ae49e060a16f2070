"""What `tree` promises."""

import pytest

from octavo_server.domain.ids import Instant, PipelineName
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import directory_term
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import TreeFile
from tests.contract.conftest import OpenEngine
from tests.contract.listing_samples import ended, file_at, leaves
from tests.contract.samples import NOW, OTHER_TENANT, PIPELINE, TENANT, new_pipeline

# Characters that sort before and after the slash.
FILES = [
    "/a.txt",
    "/a/x.txt",
    "/a-b/x.txt",
    "/a b/x.txt",
    "/a/b/x.txt",
    "/a0/x.txt",
    "/a/b-x.txt",
    "/ab.txt",
    "/b/x.txt",
]


@pytest.fixture(params=[20_000, 1])
async def engine(open_engine: OpenEngine, request: pytest.FixtureRequest) -> Engine:
    engine = await open_engine(looked_at_max=request.param)
    for path in FILES:
        await file_at(engine, path)
    return engine


@pytest.mark.parametrize("page_files", [1, 2, 100])
@pytest.mark.parametrize(
    ("directory", "drawn"),
    [
        ("/*", set(FILES)),
        ("/", {"/a.txt", "/ab.txt"}),
        ("/a", {"/a/x.txt", "/a/b-x.txt"}),
        ("/a*", set(FILES) - {"/a.txt", "/ab.txt", "/b/x.txt"}),
        ("/a/*", {"/a/b/x.txt"}),
        ("/a/b", {"/a/b/x.txt"}),
        ("/nowhere", set()),
        ("/nowhere/*", set()),
    ],
)
async def test_files_are_drawn_by_their_paths_bytes(
    engine: Engine, directory: str, drawn: set[str], page_files: int
) -> None:
    assert await leaves(engine, directory, page_files=page_files) == sorted(drawn)


async def test_a_tree_goes_on_behind_any_path(engine: Engine) -> None:
    for directory in ("/*", "/a", "/a*", "/"):
        everything = await leaves(engine, directory)
        for after in ("", "/", "/a", "/a/", "/a/b", "/a/c", "/a0", "/zzz"):
            page = await engine.tree(
                TENANT, PIPELINE, directory_term(directory, field=""), states=[], now=NOW, after=after, files_max=100
            )
            if page.next is None:
                assert [leaf.path for leaf in page.files] == [path for path in everything if path > after]


async def test_leaves_tell_id_and_state(engine: Engine) -> None:
    job = await ended(engine)
    page = await engine.tree(
        TENANT,
        PIPELINE,
        directory_term("/", field=""),
        states=[JobState.SUCCEEDED],
        now=NOW,
        after="",
        files_max=1,
    )
    assert page.files == (TreeFile("/a.txt", job.file.file_id, JobState.SUCCEEDED),)
    assert await leaves(engine, "/*", states=[JobState.SUCCEEDED]) == ["/a.txt"]
    assert await leaves(engine, "/*", states=[JobState.FAILED]) == []


async def test_neither_expired_files_nor_those_of_others_are_drawn(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    await file_at(engine, "/new/a.txt", pipeline="q")
    await file_at(engine, "/new/b.txt", tenant=OTHER_TENANT)
    await file_at(engine, "/new/c.txt", expire_time=Instant(NOW + 1))
    for directory in ("/new", "/new*", "/*"):
        drawn = await leaves(engine, directory, now=Instant(NOW + 1))
        assert not [path for path in drawn if path.startswith("/new")]
    assert await leaves(engine, "/*", pipeline=PipelineName("q")) == ["/new/a.txt"]
