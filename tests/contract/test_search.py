"""What `index` and `search` promise."""

from dataclasses import replace

import pytest

from octavo_server.domain.ids import Instant, PipelineName
from octavo_server.domain.queries import valid_query
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.ports.engine import Engine, Lease, StaleError
from octavo_server.ports.listings import KeywordEntry
from tests.contract.conftest import OpenEngine
from tests.contract.listing_samples import ended, entries, file_at, hits
from tests.contract.samples import FAILURE, NOW, OTHER_TENANT, OUTPUT, PIPELINE, TENANT, new_pipeline, output


@pytest.fixture(params=[20_000, 4])
async def engine(open_engine: OpenEngine, request: pytest.FixtureRequest) -> Engine:
    return await open_engine(looked_at_max=request.param)


async def file_indexed(engine: Engine, path: str, *lemmas: str, **fields: object) -> None:
    """A job that succeeded, with these lemmas in its index."""
    await file_at(engine, path, **fields)
    await ended(engine, lemmas=lemmas)


async def succeed(engine: Engine, lease: Lease) -> None:
    job = await engine.get(lease.job.tenant, lease.job.request_id)
    await engine.record(lease, job.module_succeeded(NOW, output()), OUTPUT)


async def started(engine: Engine) -> Lease:
    lease = await engine.claim()
    await engine.record(lease, lease.job.module_started(NOW))
    return lease


@pytest.mark.parametrize("page_files", [1, 2, 100])
async def test_files_with_any_of_the_lemmas_are_found(engine: Engine, page_files: int) -> None:
    await file_indexed(engine, "/1.txt", "cat", "7,300")
    await file_indexed(engine, "/2.txt", "dog")
    await file_indexed(engine, "/3.txt", "cat", "dog", "44.")
    await file_indexed(engine, "/4.txt", "catalogue")
    found = [("/3.txt", ["dog", "cat"]), ("/2.txt", ["dog"]), ("/1.txt", ["cat"])]
    assert await hits(engine, "dog", "cat", "dog", page_files=page_files) == found
    assert await hits(engine, "cat", "7,300", "44.", page_files=page_files, oldest_first=True) == [
        ("/1.txt", ["cat", "7,300"]),
        ("/3.txt", ["cat", "44."]),
    ]
    assert await hits(engine, "bird", page_files=page_files) == []
    assert await hits(engine, page_files=page_files) == []


async def test_a_hit_tells_what_the_index_says(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    entry = KeywordEntry("cat", '["cats",1,2],["cat",3,4]', 20_000)
    await engine.index(lease, [entry], is_first=True)
    await succeed(engine, lease)
    query = valid_query(names=["a.txt"])
    page = await engine.search(TENANT, PIPELINE, ["cat"], query, now=NOW, after=None, files_max=9)
    [hit] = page.files
    assert (hit.job, hit.entries) == (
        await engine.get(TENANT, lease.job.request_id),
        (entry,),
    )


def large_entry(lemma: str, size: int) -> KeywordEntry:
    place = f'["{lemma}",1,1],'
    return KeywordEntry(lemma, (place * (size // len(place))).removesuffix(","), size)


async def test_large_entries_are_read_some_at_a_time_and_all_are_told(engine: Engine) -> None:
    for number in range(6):
        await file_at(engine, f"/{number}.txt")
        lease = await started(engine)
        await engine.index(lease, [large_entry(lemma, 200_000) for lemma in ("cat", "dog")], is_first=True)
        await succeed(engine, lease)
    found, after, parts = [], None, 0
    while True:
        page = await engine.search(TENANT, PIPELINE, ["cat", "dog"], valid_query(), now=NOW, after=after, files_max=9)
        found += page.files
        after, parts = page.next, parts + 1
        if isinstance(engine, SqliteEngine):
            places = [len(entry.places) for file in page.files for entry in file.entries]
            assert sum(places) <= 1024 * 1024
        if after is None:
            break
    assert [file.job.file.name for file in found] == [f"{number}.txt" for number in reversed(range(6))]
    assert {file.entries for file in found} == {(large_entry("cat", 200_000), large_entry("dog", 200_000))}


async def test_the_entries_of_one_file_that_are_too_large_together_are_cut(engine: Engine) -> None:
    lemmas = [f"w{number}" for number in range(6)]
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, [large_entry(lemma, 1_000_000) for lemma in lemmas], is_first=True)
    await succeed(engine, lease)
    page = await engine.search(TENANT, PIPELINE, lemmas, valid_query(), now=NOW, after=None, files_max=9)
    [file] = page.files
    assert [entry.count for entry in file.entries] == [1_000_000] * 6
    if isinstance(engine, SqliteEngine):
        assert 2_000_000 < sum(len(entry.places) for entry in file.entries) <= 2 * 1024 * 1024
    assert large_entry("w0", 1_000_000).places.startswith(file.entries[0].places)


@pytest.mark.parametrize("page_files", [1, 100])
async def test_only_files_that_the_query_finds_are_searched(engine: Engine, page_files: int) -> None:
    for number in range(8):
        await file_indexed(engine, f"/d{number % 2}/{number}.txt", "cat", tags=(("n", str(number)),))
    for query, found in (
        (valid_query(directories=["/d1"]), [7, 5, 3, 1]),
        (valid_query(names=["*2*", "3.txt"]), [3, 2]),
        (valid_query(tags=[("n", "4")], names=["nobody.txt"]), [4]),
        (valid_query(names=["nobody.txt"]), []),
        (valid_query(create_time_min=Instant(NOW + 1)), []),
    ):
        paths = [path for path, _ in await hits(engine, "cat", query=query, page_files=page_files)]
        assert paths == [f"/d{number % 2}/{number}.txt" for number in found]


async def test_parts_that_come_one_after_the_other_are_one_index(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, entries("cat", "dog"), is_first=True)
    await engine.index(lease, entries("bird"), is_first=False)
    await engine.index(lease, [], is_first=False)
    assert await hits(engine, "cat") == []  # not before it succeeded
    await succeed(engine, lease)
    assert await hits(engine, "cat", "bird", page_files=1) == [("/a.txt", ["cat", "bird"])]


async def test_a_new_attempt_forgets_what_the_last_one_left(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, entries("cat", "dog"), is_first=True)
    await engine.index(lease, entries("bird"), is_first=False)
    await engine.index(lease, entries("dog", line=2), is_first=True)
    await succeed(engine, lease)
    assert await hits(engine, "cat", "bird") == []
    page = await engine.search(TENANT, PIPELINE, ["dog"], valid_query(), now=NOW, after=None, files_max=9)
    assert [hit.entries for hit in page.files] == [tuple(entries("dog", line=2))]


async def test_an_empty_index_finds_nothing(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, entries("cat"), is_first=True)
    await engine.index(lease, [], is_first=True)
    await succeed(engine, lease)
    assert await hits(engine, "cat") == []


async def test_many_entries_at_once_are_all_found(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, entries(*(f"word{number}" for number in range(2_500))), is_first=True)
    await succeed(engine, lease)
    for lemma in ("word0", "word999", "word1000", "word2499"):
        assert await hits(engine, lemma) == [("/a.txt", [lemma])]


async def test_the_index_of_a_job_that_failed_is_found_once_it_succeeded(engine: Engine) -> None:
    await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.index(lease, entries("cat"), is_first=True)
    job = await engine.get(TENANT, lease.job.request_id)
    failed = await engine.record(lease, job.module_failed(NOW, FAILURE))
    assert await hits(engine, "cat") == []
    await engine.update(failed.retried(NOW))
    await succeed(engine, await started(engine))
    assert await hits(engine, "cat") == [("/a.txt", ["cat"])]


async def test_who_lost_the_lease_can_not_index(engine: Engine) -> None:
    job = await file_at(engine, "/a.txt")
    lease = await started(engine)
    await engine.release(lease)
    with pytest.raises(StaleError):
        await engine.index(lease, entries("cat"), is_first=True)
    lease = await started(engine)
    await engine.remove(TENANT, [job.request_id])
    with pytest.raises(StaleError):
        await engine.index(lease, entries("cat"), is_first=True)


async def test_removed_expired_and_others_files_are_never_found(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("q"))
    await engine.put_pipeline(new_pipeline(tenant=OTHER_TENANT))
    await file_indexed(engine, "/other.txt", "cat", tenant=OTHER_TENANT)
    await file_indexed(engine, "/q.txt", "cat", pipeline="q")
    await file_indexed(engine, "/expired.txt", "cat", expire_time=Instant(NOW + 1))
    gone = await file_at(engine, "/gone.txt")
    await ended(engine, lemmas=("cat",))
    await engine.remove(TENANT, [gone.request_id])
    for query in (valid_query(), valid_query(names=["other.txt", "q.txt", "expired.txt", "gone.txt"])):
        assert await hits(engine, "cat", query=query, now=Instant(NOW + 1)) == []
    assert await hits(engine, "cat", pipeline=PipelineName("q")) == [("/q.txt", ["cat"])]
    assert await hits(engine, "cat", pipeline=PipelineName("nobody's")) == []
    # The path and the words are free for others.
    await file_indexed(engine, "/gone.txt", "dog")
    assert await hits(engine, "cat", "dog", now=Instant(NOW + 1)) == [("/gone.txt", ["dog"])]


async def test_a_file_that_moved_is_found_where_it_is_now(engine: Engine) -> None:
    await file_indexed(engine, "/a.txt", "cat")
    page = await engine.search(TENANT, PIPELINE, ["cat"], valid_query(), now=NOW, after=None, files_max=9)
    job = page.files[0].job
    await engine.refile(job.refiled(NOW, replace(job.file, name="b.txt"), job.expire_time))
    assert await hits(engine, "cat", query=valid_query(names=["a.txt"])) == []
    assert await hits(engine, "cat", query=valid_query(names=["b.txt"])) == [("/b.txt", ["cat"])]
