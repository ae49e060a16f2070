"""The library of Apache Tika, in a real child."""

import gzip
from collections.abc import AsyncIterator

import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.ports.runner import Outcome, Refused, Succeeded, Task
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.sandbox import Sandbox
from tests import documents
from tests.signed import signed


class Reader:
    """Reads documents by Tika first."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def read(self, source: bytes, name: str) -> Outcome:
        run = ModuleRun(name="extract", key="extract", model="text", params={"extractor": "tika-native"})
        task = Task(run=run, file_name=name, media_type="", source=source, seconds_max=60.0)
        return await self._sandbox.run(task, ignore)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with Sandbox(limits=ChildLimits(), children=1) as sandbox:
        yield Reader(sandbox)


async def test_it_tells_what_a_document_says_of_itself(reader: Reader) -> None:
    result = await reader.read(documents.word(), "a.docx")

    assert isinstance(result, Succeeded)
    assert result.metadata is not None
    assert result.metadata.extractor == "tika-native"
    assert result.metadata.author == "python-docx"
    assert result.metadata.create_time == 1387840500
    assert result.metadata.page_count == 1
    assert result.metadata.media_type.endswith("wordprocessingml.document")
    assert result.metadata.more["extended-properties:Application"] == "Microsoft Macintosh Word"


@pytest.mark.parametrize(
    ("source", "name", "why"),
    [
        (documents.image_only_pdf(), "a.pdf", "the pages are images"),
        (b"<html><body></body></html>", "a.html", "the page is blank"),
    ],
)
async def test_it_tells_why_there_is_no_text(reader: Reader, source: bytes, name: str, why: str) -> None:
    assert await reader.read(source, name) == Refused("NO_TEXT", f"no text: {why}")


@pytest.mark.parametrize("text", ["A line.\n", "4\nA line that begins with a number.\n"])
async def test_a_compressed_text_is_the_text_and_nothing_else(reader: Reader, text: str) -> None:
    result = await reader.read(gzip.compress(text.encode()), "a.txt.gz")

    assert isinstance(result, Succeeded)
    assert result.output.decode().strip() == text.strip()


async def test_a_compressed_document_that_it_can_not_open_here_is_read_by_the_next(reader: Reader) -> None:
    result = await reader.read(gzip.compress(documents.word()), "a.docx.gz")

    assert isinstance(result, Succeeded)
    assert result.metadata is not None
    assert result.metadata.extractor == "archives"
    assert result.warnings[0] == "tika-native: no text: the documents inside it could not be read"


async def test_a_signed_document_that_it_can_not_open_here_is_not_called_damaged_for_sure(reader: Reader) -> None:
    result = await reader.read(signed(documents.word()), "a.docx.p7m")

    assert isinstance(result, Refused)
    assert "or of a type that only a Tika Server reads" in result.message
