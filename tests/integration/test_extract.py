"""The module `extract`, alone and before others; and what a job tells about its document."""

import json
from collections.abc import Sequence

import grpc
import pytest

from octavo.v1.job_pb2 import JOB_STATE_SUCCEEDED, DocumentMetadata
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.processing_service_pb2 import (
    FetchOutputRequest,
    ModuleOptions,
    ProcessRequest,
    ProcessStatusResponse,
    StatusWatchRequest,
)
from tests import documents
from tests.integration.conftest import Caller


async def processed(
    caller: Caller, chain: Sequence[str], data: bytes, name: str, **modules: ModuleOptions
) -> ProcessStatusResponse:
    """The last message of the watch of a document that went through a pipeline of `chain`."""
    pipeline = "-".join(chain)
    await caller.pipelines.CreatePipeline(CreatePipelineRequest(name=pipeline, module_chain=chain))
    accepted = await caller.processing.Process(
        ProcessRequest(pipeline=pipeline, content=data, file_name=name, modules=modules)
    )
    status = ProcessStatusResponse()
    async for message in caller.processing.StatusWatch(StatusWatchRequest(request_ids=[accepted.request_id])):
        if message.HasField("status"):
            status = message.status
    return status


async def fetched(caller: Caller, status: ProcessStatusResponse) -> tuple[str, bytes]:
    """The media type and the content of a job's output."""
    media_type, parts = "", []
    async for message in caller.processing.FetchOutput(FetchOutputRequest(request_id=status.request_id)):
        if message.HasField("header"):
            media_type = message.header.media_type
        else:
            parts.append(message.chunk)
    return media_type, b"".join(parts)


async def test_extract_gives_the_text_of_a_document(caller: Caller) -> None:
    status = await processed(caller, ["extract"], documents.word(), "a.docx")

    media_type, content = await fetched(caller, status)

    assert status.state == JOB_STATE_SUCCEEDED
    assert media_type == "text/plain"
    assert documents.PANGRAM in content.decode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (documents.word(), "a.docx"),
        (documents.pdf(["One. Two.", "Three and four."]), "a.pdf"),
        (documents.html(), "a.html"),
        ("\ufeffOne.\r\n\r\nTwo\x01. Gr\u00fc\u00dfe".encode() + b" More of it." * 20, "a.txt"),
        ("Gr\u00f6\u00dfe na\u00efve caf\u00e9. Und mehr.".encode("cp1252"), "old.txt"),
        ("\u0416. \u4e2d\u6587\u3002".encode("utf-16"), "wide.txt"),
        ("\u30c6\u30b9\u30c8\u3002 And more.".encode("iso2022_jp"), "mail.md"),
    ],
)
async def test_extract_before_parser_gives_the_snippets_of_parser_alone(caller: Caller, data: bytes, name: str) -> None:
    alone = await processed(caller, ["parser"], data, name)
    both = await processed(caller, ["extract", "parser"], data, f"both-{name}")

    assert await fetched(caller, both) == await fetched(caller, alone)
    assert both.document == alone.document
    assert json.loads((await fetched(caller, both))[1])


async def test_a_text_with_signs_that_look_binary_goes_on_as_it_is(caller: Caller) -> None:
    # What an extractor found is text, whatever stands in it: nobody guesses its encoding a second time.
    data = documents.html(body="<p>" + "a&#127;&#1;" * 40 + "</p>")

    both = await processed(caller, ["extract", "parser"], data, "a.html")

    assert both.state == JOB_STATE_SUCCEEDED


@pytest.mark.parametrize(
    ("chain", "told"),
    [
        (["parser", "extract"], "extract reads document, but parser before it writes json"),
        (["parser", "parser"], "parser reads document, but parser before it writes json"),
    ],
)
async def test_a_chain_that_does_not_click_is_refused_when_it_is_made(
    caller: Caller, chain: Sequence[str], told: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await caller.pipelines.CreatePipeline(CreatePipelineRequest(name="no", module_chain=chain))

    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert told in str(refusal.value.details())


async def test_the_last_message_of_a_watch_tells_about_the_document(caller: Caller) -> None:
    data = documents.pdf(["One.", "Two."], title="A title", author="Somebody")

    status = await processed(caller, ["parser"], data, "a.pdf")

    found = status.document
    assert (found.media_type, found.title, found.author) == ("application/pdf", "A title", "Somebody")
    assert (found.page_count, found.extractor) == (2, "pdfium")
    assert found.HasField("create_time")
    assert found.more["Producer"]


async def test_a_job_whose_document_could_not_be_read_tells_nothing_about_it(caller: Caller) -> None:
    status = await processed(caller, ["parser"], b"%PDF-1.4 broken", "a.pdf")

    assert status.document == DocumentMetadata()
    assert not status.HasField("document")


async def test_an_extractor_that_this_server_has_not_is_refused_with_those_it_has(caller: Caller) -> None:
    options = ModuleOptions()
    options.params["extractor"] = "tika-server"

    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await processed(caller, ["extract"], b"One.", "a.txt", extract=options)

    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "'tika-server' is not set up on this server; it has auto, tika-native" in str(refusal.value.details())


async def test_the_extractor_that_is_asked_for_serves_first(caller: Caller) -> None:
    options = ModuleOptions()
    options.params["extractor"] = "tika-native"

    status = await processed(caller, ["parser"], documents.pdf(["One."]), "a.pdf", parser=options)

    assert status.document.extractor == "tika-native"
