"""The client's lists: page by page, no page before it is wanted."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

import octavo
from octavo.v1 import file_service_pb2 as files
from octavo.v1 import job_pb2 as jobs
from octavo.v1 import pipeline_service_pb2 as pipelines
from octavo.v1 import processing_service_pb2 as processing
from octavo.v1 import search_service_pb2 as searches
from tests.integration.scripted_server import ScriptedServer, snapshot


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        yield client


def some_file(file_id: str) -> files.File:
    return files.File(file_id=file_id, file_name=f"{file_id}.txt", state=jobs.JOB_STATE_SUCCEEDED)


def file_pages(*pages: list[str]) -> list[files.ListFilesResponse]:
    return [files.ListFilesResponse(files=[some_file(file_id) for file_id in page]) for page in pages]


def sizes_and_tokens(server: ScriptedServer, method: str) -> list[tuple[int, str]]:
    return [(request.page_size, request.page_token) for request in server.requests[method]]


async def test_pipelines_are_read_to_the_last_page(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListPipelines"] = [
        pipelines.ListPipelinesResponse(pipelines=[pipelines.Pipeline(name=name)]) for name in ("a", "b", "c")
    ]

    assert [info.name for info in await client.list_pipelines()] == ["a", "b", "c"]
    assert sizes_and_tokens(server, "ListPipelines") == [(1_000, ""), (1_000, "1"), (1_000, "2")]


async def test_files_are_read_over_short_and_empty_pages(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListFiles"] = file_pages(["a", "b"], [], ["c"])
    server.unavailable["ListFiles"] = 1

    assert [file.file_id async for file in client.files("p")] == ["a", "b", "c"]
    assert sizes_and_tokens(server, "ListFiles")[1:] == [(1_000, ""), (1_000, "1"), (1_000, "2")]


async def test_no_page_is_asked_for_before_it_is_wanted(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListFiles"] = file_pages(["a", "b"], ["c"])

    async with aclosing(client.files("p")) as found:
        assert [(await anext(found)).file_id for _ in range(2)] == ["a", "b"]
        assert len(server.requests["ListFiles"]) == 1
        assert (await anext(found)).file_id == "c"


async def test_a_query_is_asked_with_every_page(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListFiles"] = file_pages(["a"], ["b"])
    query = octavo.FileQuery(file_names=("*.txt",), file_tags=(("k", "*"),))

    found = client.files("p", query, states=[octavo.JobState.FAILED], oldest_first=True)
    assert [file.file_id async for file in found] == ["a", "b"]

    for request in server.requests["ListFiles"]:
        assert list(request.query.file_names) == ["*.txt"]
        assert [(tag.key, tag.value) for tag in request.query.file_tags] == [("k", "*")]
        assert list(request.states) == [jobs.JOB_STATE_FAILED]
        assert request.order == files.SORT_ORDER_OLDEST_FIRST


async def test_a_list_ends_at_the_number_asked_for(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListFiles"] = file_pages(["a", "b"], ["c", "d"], ["e"])

    found = await client.list_files("p", files_max=3)

    assert [file.file_id for file in found.files] == ["a", "b", "c"]
    assert sizes_and_tokens(server, "ListFiles") == [(3, ""), (3, "1")]


async def test_a_list_tells_the_terms_that_fit_nothing(server: ScriptedServer, client: octavo.Client) -> None:
    first, second = file_pages(["a"], ["b"])
    first.unmatched.file_names.append("nobody.txt")
    server.pages["ListFiles"] = [first, second]

    found = await client.list_files("p", octavo.FileQuery(file_names=("a.txt", "b.txt", "nobody.txt")))

    assert [file.file_id for file in found.files] == ["a", "b"]
    assert found.unmatched == octavo.FileQuery(file_names=("nobody.txt",))


@pytest.mark.parametrize("files_max", [0, -1])
async def test_a_list_of_nothing_is_refused(client: octavo.Client, files_max: int) -> None:
    for call in (
        client.list_files("p", files_max=files_max),
        client.show_tree("p", files_max=files_max),
        client.keyword_search("p", "words", files_max=files_max),
    ):
        with pytest.raises(octavo.InvalidArgumentError) as caught:
            await call
        assert caught.value.field == "files_max"


async def test_a_tree_is_read_to_the_number_asked_for(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ShowTree"] = [
        files.ShowTreeResponse(
            files=[files.TreeFile(symbolic_file_path=path, file_id=path, state=jobs.JOB_STATE_PENDING)]
        )
        for path in ("/a/x.txt", "/b/y.txt", "/c/z.txt")
    ]

    found = await client.show_tree("p", "/*", states=[octavo.JobState.PENDING], files_max=2)

    assert [file.symbolic_file_path for file in found] == ["/a/x.txt", "/b/y.txt"]
    assert found[0].state is octavo.JobState.PENDING
    assert sizes_and_tokens(server, "ShowTree") == [(2, ""), (2, "1")]


async def test_a_large_tree_comes_in_large_pages(server: ScriptedServer, client: octavo.Client) -> None:
    assert await client.show_tree("p", files_max=50_000) == ()
    assert sizes_and_tokens(server, "ShowTree") == [(10_000, "")]


async def test_a_search_gathers_its_pages(server: ScriptedServer, client: octavo.Client) -> None:
    first = searches.KeywordSearchResponse(stop_words=["the"], unmatched=files.FileQuery(file_ids=["f"]))
    first.unsearchable_words.append("мир")
    second = searches.KeywordSearchResponse(stop_words=["the"], unsearchable_words=["мир"])
    for page, file_id in ((first, "a"), (second, "b")):
        page.files.add(file=some_file(file_id)).hits.add(keyword="clocks", line_number=1, keyword_number=2)
    server.pages["KeywordSearch"] = [first, second]

    found = await client.keyword_search("p", "the clocks", files=octavo.FileQuery(file_ids=("a", "b", "f")))

    assert [hits.file.file_id for hits in found.files] == ["a", "b"]
    assert found.files[0].hits == (octavo.KeywordHit(keyword="clocks", line_number=1, keyword_number=2),)
    assert (found.stop_words, found.unmatched) == (("the",), octavo.FileQuery(file_ids=("f",)))
    assert found.unsearchable_words == ("мир",)


async def test_jobs_and_snippets_are_read_page_by_page(server: ScriptedServer, client: octavo.Client) -> None:
    server.pages["ListProcesses"] = [
        processing.ListProcessesResponse(processes=[snapshot(name, 1, jobs.JOB_STATE_FAILED)]) for name in ("a", "b")
    ]
    server.pages["ListSnippets"] = [
        processing.ListSnippetsResponse(snippets=[processing.Snippet(snippet=text, line_numbers=[1, 2])])
        for text in ("x", "y")
    ]

    failed = [status.request_id async for status in client.processes("p", states=[octavo.JobState.FAILED])]
    snippets = [snippet async for snippet in client.snippets("a", module="parser")]

    assert failed == ["a", "b"]
    assert snippets == [octavo.Snippet(snippet=text, line_numbers=(1, 2)) for text in ("x", "y")]
    assert server.requests["ListProcesses"][1].pipeline == "p"
    assert server.requests["ListSnippets"][1].module == "parser"
