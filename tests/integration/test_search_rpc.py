"""KeywordSearch as a caller without the SDK sees it."""

from collections.abc import AsyncIterator, Iterator

import grpc
import pytest

from octavo.v1 import file_service_pb2, search_service_pb2
from octavo.v1.pipeline_service_pb2 import ResetPipelineRequest
from tests.integration.conftest import Caller
from tests.integration.pages import pages, refusal
from tests.integration.submitting import done, make_pipeline
from tests.servers import ServerProcess

Code = grpc.StatusCode
Request = search_service_pb2.KeywordSearchRequest
Hit = tuple[str, str, int, int]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for the whole file."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", "--workers", "1") as server:
        yield server


@pytest.fixture(autouse=True)
async def emptied(caller: Caller) -> AsyncIterator[None]:
    """Each test finds the pipeline `k` empty."""
    await make_pipeline(caller, "k", "keyword-db")
    yield
    await caller.pipelines.ResetPipeline(ResetPipelineRequest(name="k"))


async def index(caller: Caller, name: str, text: str) -> str:
    return (await done(caller, f"/{name}", text.encode(), pipeline="k")).file_id


async def hits(caller: Caller, query: str, **fields: object) -> list[Hit]:
    """File, keyword, line, number."""
    request = Request(pipeline="k", query=query, page_size=1)
    request.MergeFrom(Request(**fields))  # type: ignore[arg-type]
    return [
        (found.file.file_name, hit.keyword, hit.line_number, hit.keyword_number)
        for page in await pages(caller.search.KeywordSearch, request)
        for found in page.files
        for hit in found.hits
    ]


async def test_words_are_found_where_they_stand_singular_or_plural(caller: Caller) -> None:
    await index(caller, "a.txt", "The whale sang.\nTwo Whales and a ship.")
    await index(caller, "b.txt", "No fish here.")
    await index(caller, "c.txt", "A ship.")
    expected = [("c.txt", "ship", 1, 2), ("a.txt", "whale", 1, 2), ("a.txt", "whales", 2, 2), ("a.txt", "ship", 2, 5)]
    assert await hits(caller, "ships, WHALE") == expected
    assert await hits(caller, "whales ship", order=file_service_pb2.SORT_ORDER_OLDEST_FIRST) == [
        *expected[1:],
        expected[0],
    ]


async def test_only_files_that_the_query_finds_are_searched(caller: Caller) -> None:
    for name in ("a1.txt", "a2.txt", "b.txt"):
        await index(caller, name, "A kettle.")
    files = file_service_pb2.FileQuery(file_names=["a*", "nope.txt"])
    assert await hits(caller, "kettle", files=files) == [("a2.txt", "kettle", 1, 2), ("a1.txt", "kettle", 1, 2)]
    first = await caller.search.KeywordSearch(Request(pipeline="k", query="kettle", files=files))
    assert list(first.unmatched.file_names) == ["nope.txt"]


async def test_words_too_common_to_be_indexed_are_told(caller: Caller) -> None:
    await index(caller, "a.txt", "The kettle is on the well.")
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="the well-to-do KETTLE isn't the"))
    assert list(reply.stop_words) == ["the", "to", "do", "isn't", "the"]
    assert [hit.keyword for hit in reply.files[0].hits] == ["kettle", "well"]
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="the"))
    assert (list(reply.files), list(reply.stop_words)) == ([], ["the"])


async def test_words_that_no_index_can_hold_are_told(caller: Caller) -> None:
    await index(caller, "a.txt", "The kettle says привет.")
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="привет"))
    assert (list(reply.files), list(reply.unsearchable_words)) == ([], ["привет"])
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="-- kettle"))
    assert ([hit.keyword for hit in reply.files[0].hits], list(reply.unsearchable_words)) == (["kettle"], ["--"])


async def test_words_of_one_token_that_repeat_are_one_hit(caller: Caller) -> None:
    await index(caller, "a.txt", "hush-hush hush")
    assert await hits(caller, "hush") == [("a.txt", "hush", 1, 1), ("a.txt", "hush", 1, 2)]


async def test_hits_after_the_first_ten_thousand_are_counted(caller: Caller) -> None:
    await index(caller, "a.txt", "kettle ship\n" * 6_000)
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="ship kettle"))
    [found] = reply.files
    assert (len(found.hits), found.omitted_hit_count) == (10_000, 2_000)
    assert (found.hits[-1].keyword, found.hits[-1].line_number) == ("ship", 5_000)


async def test_repeats_in_a_token_are_neither_told_nor_counted(caller: Caller) -> None:
    await index(caller, "a.txt", "hush-hush " * 10_000)
    reply = await caller.search.KeywordSearch(Request(pipeline="k", query="hush"))
    [found] = reply.files
    assert (len(found.hits), found.omitted_hit_count) == (10_000, 0)


async def test_words_are_found_beside_megabytes_that_no_person_wrote(caller: Caller) -> None:
    """Enough of them to end a part of an index on its way."""
    blobs = "\n".join(f"0{number:0299}" for number in range(6_900))
    await index(caller, "a.txt", f"kettle noon harbour\n{blobs}\nzebra")
    assert await hits(caller, "kettle zebra") == [("a.txt", "kettle", 1, 1), ("a.txt", "zebra", 6_902, 1)]


async def test_deleted_files_are_found_no_more(caller: Caller) -> None:
    file_id = await index(caller, "a.txt", "A kettle.")
    await caller.files.DeleteFile(file_service_pb2.DeleteFileRequest(file_id=file_id))
    assert await hits(caller, "kettle") == []


async def test_a_search_refuses_what_it_can_not_do(caller: Caller) -> None:
    for bad, field in (
        (Request(pipeline="k", query=" x "), "query"),
        (Request(pipeline="k", query="x" * 257), "query"),
        (Request(pipeline="k", query="xy", page_size=1_001), "page_size"),
        (Request(pipeline="k", query="xy", page_token="x"), "page_token"),
        (
            Request(pipeline="k", query="xy", files=file_service_pb2.FileQuery(file_names=["*"])),
            "files.file_names[0]",
        ),
    ):
        refused = await refusal(caller.search.KeywordSearch(bad))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, field)
    refused = await refusal(caller.search.KeywordSearch(Request(pipeline="none", query="xy")))
    assert (refused.code, refused.reason) == (Code.NOT_FOUND, "PIPELINE_NOT_FOUND")
    refused = await refusal(caller.search.KeywordSearch(Request(pipeline="p", query="xy")))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "NO_KEYWORD_INDEX")
