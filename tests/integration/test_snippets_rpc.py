"""ListSnippets as a caller without the SDK sees it."""

import json
from pathlib import Path

import grpc

from octavo.v1 import processing_service_pb2 as pb
from tests.integration.conftest import Caller
from tests.integration.pages import pages, refusal
from tests.integration.submitting import done, make_pipeline, submit, without_workers
from tests.plug_ins import install_sample
from tests.servers import ServerProcess

Code = grpc.StatusCode


async def output(caller: Caller, request_id: str, module: str = "") -> list[dict[str, object]]:
    call = caller.processing.FetchOutput(pb.FetchOutputRequest(request_id=request_id, module=module))
    data = b"".join([part.chunk async for part in call])
    items: list[dict[str, object]] = json.loads(data)
    return items


async def test_snippets_are_those_of_the_output_page_by_page(caller: Caller) -> None:
    text = "\n".join(f"This is sentence {n} of “many”." for n in range(5_000)).encode()
    reply = await done(caller, "/a.txt", text)
    for page_size in (700, 1_000):
        request = pb.ListSnippetsRequest(request_id=reply.request_id, page_size=page_size)
        replies = await pages(caller.processing.ListSnippets, request)
        assert max(len(page.snippets) for page in replies) == page_size
        snippets = [one for page in replies for one in page.snippets]
        assert [{"snippet": one.snippet, "line_numbers": list(one.line_numbers)} for one in snippets] == await output(
            caller, reply.request_id
        )


async def test_a_page_of_long_snippets_ends_before_a_message_is_full(caller: Caller) -> None:
    text = b" ".join(b"w" * 30_000 + b"." for _ in range(60))
    reply = await done(caller, "/a.txt", text)
    replies = await pages(caller.processing.ListSnippets, pb.ListSnippetsRequest(request_id=reply.request_id))
    assert len(replies) > 1
    assert max(page.ByteSize() for page in replies) < 2 * 1024 * 1024
    assert sum(len(page.snippets) for page in replies) == len(await output(caller, reply.request_id))


async def test_without_a_module_the_last_that_made_snippets_is_read(caller: Caller) -> None:
    await make_pipeline(caller, "long", "parser", "json-to-txt", "keyword-db")
    reply = await done(caller, "/a.txt", b"One. Two.", pipeline="long")
    request = pb.ListSnippetsRequest(request_id=reply.request_id)
    found = await caller.processing.ListSnippets(request)
    assert [one.snippet for one in found.snippets] == ["One.", "Two."]
    request.module = "json-to-txt"
    refused = await refusal(caller.processing.ListSnippets(request))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "NO_SNIPPETS")
    request.module = "nope"
    assert (await refusal(caller.processing.ListSnippets(request))).field == "module"


async def test_a_module_that_writes_other_json_makes_no_snippets(
    tmp_path: Path, server: ServerProcess, caller: Caller
) -> None:
    install_sample(tmp_path / "plug-ins", workspace=tmp_path)
    server.kill()
    server.environment = {**server.environment, "PYTHONPATH": str(tmp_path / "plug-ins")}
    server.restart()
    await make_pipeline(caller, "counted", "parser", "json-to-txt", "word-count")
    reply = await done(caller, "/a.txt", b"One. Two.", pipeline="counted")
    found = await caller.processing.ListSnippets(pb.ListSnippetsRequest(request_id=reply.request_id))
    assert [one.snippet for one in found.snippets] == ["One.", "Two."]


async def test_before_there_is_an_output_it_is_a_precondition(server: ServerProcess, caller: Caller) -> None:
    without_workers(server)
    reply = await submit(caller, "/a.txt")
    refused = await refusal(caller.processing.ListSnippets(pb.ListSnippetsRequest(request_id=reply.request_id)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "OUTPUT_NOT_READY")


async def test_a_token_of_another_job_is_refused(caller: Caller) -> None:
    one, two = await done(caller, "/1.txt"), await done(caller, "/2.txt")
    first = await caller.processing.ListSnippets(pb.ListSnippetsRequest(request_id=one.request_id, page_size=1))
    assert first.next_page_token
    foreign = pb.ListSnippetsRequest(request_id=two.request_id, page_token=first.next_page_token)
    assert (await refusal(caller.processing.ListSnippets(foreign))).field == "page_token"
