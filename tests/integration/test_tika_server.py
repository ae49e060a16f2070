"""Documents through the service, with a real Tika Server behind it."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import grpc
import pytest

from octavo.v1.job_pb2 import JOB_STATE_FAILED, JOB_STATE_SUCCEEDED
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
from tests.servers import ServerProcess
from tests.signed import signed
from tests.tika_server import DOWNLOAD_SECONDS_MAX, READY_SECONDS_MAX, MissingError, TikaServerProcess
from tests.word_95 import word_95

# The first test may have to wait for the download.
pytestmark = pytest.mark.timeout(DOWNLOAD_SECONDS_MAX + READY_SECONDS_MAX)

OUTPUT_BYTES_MAX = 20_000


@pytest.fixture(scope="module")
def tika_server() -> Iterator[TikaServerProcess]:
    """One for all these tests. Where it can't be had they are skipped, which is a failure in CI."""
    try:
        with TikaServerProcess() as tika:
            yield tika
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must run these tests: {missing}")
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def server(tika_server: TikaServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A real server that has it."""
    folder = tmp_path_factory.mktemp("server") / "data"
    limits = {"OCTAVO_OUTPUT_BYTES_MAX": str(OUTPUT_BYTES_MAX)}
    with ServerProcess(folder, "--workers", "1", "--tika-url", tika_server.url, environment=limits) as server:
        yield server


@dataclass(frozen=True)
class Read:
    """What came of a document."""

    status: ProcessStatusResponse
    text: str


class Reader:
    """Reads documents by the module `extract`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def read(self, data: bytes, name: str, extractor: str = "tika-server") -> Read:
        options = ModuleOptions()
        options.params["extractor"] = extractor
        # A pipeline of its own: all documents may have the same name.
        pipeline = uuid.uuid4().hex
        await self._caller.pipelines.CreatePipeline(CreatePipelineRequest(name=pipeline, module_chain=["extract"]))
        request = ProcessRequest(pipeline=pipeline, content=data, file_name=name, modules={"extract": options})
        accepted = await self._caller.processing.Process(request)
        status = ProcessStatusResponse()
        watch = StatusWatchRequest(request_ids=[accepted.request_id])
        async for message in self._caller.processing.StatusWatch(watch):
            if message.HasField("status"):
                status = message.status
        if status.state != JOB_STATE_SUCCEEDED:
            return Read(status, "")
        output = self._caller.processing.FetchOutput(FetchOutputRequest(request_id=accepted.request_id))
        return Read(status, b"".join([message.chunk async for message in output]).decode())


@pytest.fixture
async def reader(server: ServerProcess) -> AsyncIterator[Reader]:
    async with grpc.aio.insecure_channel(server.address) as channel:
        yield Reader(Caller(channel))


async def test_it_reads_a_docx_and_what_it_says_of_itself(reader: Reader) -> None:
    read = await reader.read(documents.word(["Gr\u00fc\u00dfe aus K\u00f6ln.", documents.PANGRAM]), "a.docx")

    assert read.status.state == JOB_STATE_SUCCEEDED
    assert read.text == f"Gr\u00fc\u00dfe aus K\u00f6ln.\n{documents.PANGRAM}\n"
    about = read.status.document
    assert about.extractor == "tika-server"
    assert about.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert about.author == "python-docx"
    assert about.create_time.ToJsonString() == "2013-12-23T23:15:00Z"
    assert about.page_count == 1
    assert about.more["extended-properties:Application"] == "Microsoft Macintosh Word"
    assert not about.warnings


async def test_it_reads_a_doc(reader: Reader) -> None:
    read = await reader.read(word_95([documents.PANGRAM, "It is \u201cquoted\u201d."]), "a.doc")

    assert read.status.document.extractor == "tika-server"
    assert read.status.document.media_type == "application/msword"
    assert [line for line in read.text.splitlines() if line] == [documents.PANGRAM, "It is \u201cquoted\u201d."]


@pytest.mark.parametrize("extractor", ["auto", "tika-server"])
async def test_a_scan_that_nobody_recognises_is_told_as_one(reader: Reader, extractor: str) -> None:
    read = await reader.read(documents.image_only_pdf(2), "scan.pdf", extractor)

    assert read.status.state == JOB_STATE_FAILED
    assert (read.status.failure.reason, read.status.failure.message) == ("NO_TEXT", "no text: the pages are images")


async def test_it_reads_what_nobody_else_does(reader: Reader) -> None:
    read = await reader.read(signed(documents.word()), "contract.docx.p7m", "auto")

    assert read.status.state == JOB_STATE_SUCCEEDED
    assert read.text == f"{documents.PANGRAM}\n"
    assert read.status.document.extractor == "tika-server"
    assert read.status.document.media_type.startswith("application/pkcs7")
    assert [warning.partition(":")[0] for warning in read.status.document.warnings] == ["tika-native"]


async def test_it_reads_office_documents_inside_others(reader: Reader) -> None:
    data = documents.archive({"a.docx": documents.word(), "b.txt": b"And a text."})

    read = await reader.read(data, "a.zip")

    assert documents.PANGRAM in read.text
    assert "And a text." in read.text
    assert read.status.document.media_type == "application/zip"


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (documents.encrypted_pdf(), "a.pdf", "DOCUMENT_ENCRYPTED"),
        (documents.garbage_pdf(), "a.pdf", "DOCUMENT_DAMAGED"),
        (documents.binary(), "a.p7m", "DOCUMENT_DAMAGED"),
        (b"<html><body></body></html>", "a.html", "NO_TEXT"),
    ],
)
async def test_a_bad_document_is_refused_with_its_reason(reader: Reader, data: bytes, name: str, reason: str) -> None:
    read = await reader.read(data, name)

    assert read.status.state == JOB_STATE_FAILED
    assert read.status.failure.reason == reason


async def test_more_text_than_may_be_is_refused(reader: Reader) -> None:
    fitting = await reader.read(documents.word(["x" * (OUTPUT_BYTES_MAX - 100)]), "a.docx")
    large = await reader.read(documents.word(["x" * (OUTPUT_BYTES_MAX + 100)]), "a.docx")

    assert fitting.status.state == JOB_STATE_SUCCEEDED
    assert fitting.status.document.extractor == "tika-server"
    assert large.status.failure.reason == "OUTPUT_TOO_LARGE"
