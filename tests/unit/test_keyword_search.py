"""Pages of hits, as far as indexes tell them."""

from dataclasses import replace

import pytest

from octavo_server.domain.ids import RequestId
from octavo_server.domain.limits import HITS_MAX
from octavo_server.domain.queries import EVERY_FILE
from octavo_server.engines.memory import MemoryEngine
from octavo_server.engines.sqlite import keywords
from octavo_server.modules import module_specs
from octavo_server.ports.listings import FileHits, KeywordEntry
from octavo_server.usecases import keyword_search
from octavo_server.usecases.hits import OMITTED_MAX, FoundFile, Hit, found_files
from octavo_server.usecases.keyword_search import KeywordSearch
from octavo_server.words import KeywordWords
from tests.contract.samples import DOCUMENT, NOW, OUTPUT, TENANT, ManualClock, new_job, new_pipeline, output

CHAIN = ("keyword-db",)


def places(word: str, *lines: int) -> str:
    return ",".join(f'["{word}",{line},1]' for line in lines)


async def found(*entries: KeywordEntry) -> FoundFile:
    [file] = await found_files([FileHits(replace(new_job(), request_id=RequestId("r")), 1, entries)])
    return file


async def test_hits_of_all_lemmas_are_in_order() -> None:
    file = await found(KeywordEntry("cat", places("cats", 1, 3), 2), KeywordEntry("dog", places("dog", 2, 3), 2))
    assert file.hits == (Hit(1, 1, "cats"), Hit(2, 1, "dog"), Hit(3, 1, "cats"), Hit(3, 1, "dog"))
    assert file.omitted_hit_count == 0


async def test_hits_end_where_those_of_one_lemma_are_cut_off() -> None:
    cut = places("cats", 1, 3, 5)[:-3]
    file = await found(KeywordEntry("cat", cut, 100), KeywordEntry("dog", places("dog", 2, 4), 2))
    assert file.hits == (Hit(1, 1, "cats"), Hit(2, 1, "dog"), Hit(3, 1, "cats"))
    assert file.omitted_hit_count == 99


async def test_a_lemma_without_a_whole_place_leaves_only_what_is_omitted() -> None:
    file = await found(KeywordEntry("cat", '["ca', 7), KeywordEntry("dog", places("dog", 2), 1))
    assert (file.hits, file.omitted_hit_count) == ((), 8)


async def test_no_more_hits_are_told_than_a_file_may_have() -> None:
    lines = range(1, HITS_MAX + 1)
    file = await found(
        KeywordEntry("cat", places("cat", *lines), HITS_MAX + 5), KeywordEntry("dog", places("dog", *lines), HITS_MAX)
    )
    assert (len(file.hits), file.omitted_hit_count) == (HITS_MAX, HITS_MAX + 5)
    assert file.hits[-1] == Hit(HITS_MAX // 2, 1, "dog")


async def test_what_an_index_says_it_has_fits_on_the_wire() -> None:
    entries = [KeywordEntry(lemma, places(lemma, 1), 999_999_999) for lemma in ("a", "b", "c")]
    assert (await found(*entries)).omitted_hit_count == OMITTED_MAX


@pytest.mark.parametrize(("hits_max", "file_count"), [(50_000, 60), (50, 25), (51, 50)])
async def test_a_page_ends_with_the_part_that_goes_over_its_hits(
    monkeypatch: pytest.MonkeyPatch, hits_max: int, file_count: int
) -> None:
    monkeypatch.setattr(keyword_search, "PAGE_HITS_MAX", hits_max)
    engine = MemoryEngine(clock=ManualClock())
    await engine.put_pipeline(new_pipeline(chain=CHAIN))
    for number in range(70):
        await engine.accept(new_job(name=f"{number}.txt", chain=CHAIN), DOCUMENT)
        lease = await engine.claim()
        job = await engine.record(lease, lease.job.module_started(NOW))
        await engine.index(lease, [KeywordEntry("cat", places("cat", 1, 2), 2)], is_first=True)
        await engine.record(lease, job.module_succeeded(NOW, output()), OUTPUT)
    search = KeywordSearch(
        engine=engine, words=KeywordWords(), clock=ManualClock(), specs=module_specs(has_tika_server=False)
    )
    page = await search(TENANT, "p", "cats", EVERY_FILE, oldest_first=False, page_size=60, after=None)
    assert len(page.files) == file_count
    assert page.next is not None
    await engine.close()


@pytest.mark.parametrize(
    ("sizes", "steps"),
    [
        ([], [0]),
        ([10] * 3, [3]),
        ([10] * 2_500, [1_000, 1_000, 500]),
        ([100_000] * 7, [3, 3, 1]),
        ([2_800_000, 10, 2_800_000], [1, 2]),
    ],
)
def test_an_index_is_written_in_small_steps(sizes: list[int], steps: list[int]) -> None:
    entries = [KeywordEntry(f"w{number}", "x" * size, 1) for number, size in enumerate(sizes)]
    written = list(keywords.parts(entries))
    assert [len(step) for step in written] == steps
    assert [entry for step in written for entry in step] == entries
