"""Documents that mean harm, through a real server: each ends with a reason that helps, and disturbs nobody."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

import octavo
from tests import documents, hostile_documents
from tests.servers import ServerProcess

SECRET = "what-only-the-server-may-read-4711"
MEMORY_BYTES_MAX = 512 * 1024 * 1024
"""Less than the server's default, so that bombs go off sooner."""
MODULE_SECONDS_MAX = 20
BROKEN = "DOCUMENT_DAMAGED"
BOMB = frozenset({"MEMORY_LIMIT", "TIME_LIMIT", "OUTPUT_TOO_LARGE", BROKEN, "DOCUMENT_TOO_LARGE"})
"""Each is honest: it depends on where an extractor gives up."""
INTERNALS = re.compile(r"Traceback|Exception|Error|SIG[A-Z]+|0x[0-9a-f]{4}|/(usr|home|root|proc|tmp)/|\.py\b|java\.")
"""What no sentence for people holds."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for the whole file: that it lives on is part of the matter."""
    environment = {
        "OCTAVO_CHILD_DATA_BYTES_MAX": str(MEMORY_BYTES_MAX),
        "OCTAVO_MODULE_SECONDS_MAX": str(MODULE_SECONDS_MAX),
    }
    data = tmp_path_factory.mktemp("server") / "data"
    with ServerProcess(data, "--workers", "2", environment=environment) as server:
        yield server


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        await client.create_pipeline("p", ["parser"])
        yield client


async def final(client: octavo.Client, name: str, content: bytes) -> octavo.JobStatus:
    job = await client.process("p", content, source_file_name=name)
    async with aclosing(client.watch(job.request_id)) as statuses:
        return [status async for status in statuses][-1]


async def text(client: octavo.Client, name: str, content: bytes) -> str:
    """What the document's snippets say; empty if it failed."""
    status = await final(client, name, content)
    if status.state is not octavo.JobState.SUCCEEDED:
        return ""
    output = await client.fetch_output(status.request_id)
    return " ".join(snippet["snippet"] for snippet in output.json())


def bomb(kind: str) -> tuple[str, Callable[[], bytes]]:
    return {
        "one word of 1 GB": ("bomb.docx", lambda: hostile_documents.bomb_word(1_000)),
        "letters": ("glyphs.pdf", documents.glyph_bomb_pdf),
        "a form in itself": ("form.pdf", hostile_documents.recursive_pdf),
        "a million paragraphs": ("paragraphs.docx", lambda: hostile_documents.paragraph_bomb_word(1_000_000)),
    }[kind]


@pytest.mark.parametrize("kind", ["one word of 1 GB", "letters", "a form in itself", "a million paragraphs"])
async def test_a_bomb_fails_for_a_reason_and_its_neighbours_succeed(client: octavo.Client, kind: str) -> None:
    name, make = bomb(kind)
    innocents = [("a.txt", documents.text()), ("a.pdf", documents.pdf()), ("a.docx", documents.word())]

    status, *beside = await asyncio.gather(
        final(client, name, make()), *(final(client, *innocent) for innocent in innocents)
    )

    assert status.failure, status
    assert status.failure.reason in BOMB
    assert_is_plain(status.failure.message)
    assert {one.state for one in beside} == {octavo.JobState.SUCCEEDED}


async def test_what_takes_one_extractor_down_may_be_read_by_the_next(client: octavo.Client) -> None:
    status = await final(client, "spaces.pdf", hostile_documents.bomb_pdf(1_000))

    assert status.state is octavo.JobState.SUCCEEDED, status.failure
    assert status.document is not None
    assert status.document.extractor == "tika-native"
    assert status.warnings == ("parser: pdfium: it took its process down in an attempt before",)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("truncated.docx", hostile_documents.truncated_word, BROKEN),
        ("garbage.pdf", documents.garbage_pdf, BROKEN),
        ("truncated.pdf", documents.truncated_pdf, BROKEN),
        ("loop.pdf", hostile_documents.page_loop_pdf, BROKEN),
        ("arrays.pdf", hostile_documents.deep_array_pdf, BROKEN),
        ("noise.docx", documents.binary, BROKEN),
        ("noise.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + documents.binary(), BROKEN),
        ("noise.txt", documents.binary, BROKEN),
        ("locked.pdf", documents.encrypted_pdf, "DOCUMENT_ENCRYPTED"),
        ("scanned.pdf", documents.image_only_pdf, "NO_TEXT"),
        ("blank.docx", lambda: documents.word([" "]), "NO_TEXT"),
    ],
)
async def test_a_broken_document_fails_for_its_own_reason(
    client: octavo.Client, name: str, make: Callable[[], bytes], reason: str
) -> None:
    status = await final(client, name, make())

    assert status.failure, status
    assert status.failure.reason == reason
    assert_is_plain(status.failure.message)
    assert status.modules[0].attempt == 1, "another attempt would end the same"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("deep.docx", hostile_documents.deep_word),
        ("deep.html", hostile_documents.deep_html),
        ("nested.zip", hostile_documents.nested_archive),
    ],
)
async def test_depth_ends_as_text_or_as_a_reason(client: octavo.Client, name: str, make: Callable[[], bytes]) -> None:
    status = await final(client, name, make())

    assert status.state.is_final
    if status.failure:
        assert status.failure.reason in {*BOMB, "NO_TEXT"}
        assert_is_plain(status.failure.message)


@pytest.mark.parametrize(
    ("name", "make"), [("a.docx", hostile_documents.word_with), ("a.xml", hostile_documents.xml_with)]
)
async def test_entities_are_never_multiplied(client: octavo.Client, name: str, make: Callable[..., bytes]) -> None:
    content = make("before &l9; after", document_type=hostile_documents.billion_laughs())

    assert (await text(client, name, content)).count("lol") <= content.count(b"lol")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", hostile_documents.word_with),
        ("a.xml", hostile_documents.xml_with),
        ("a.fb2", hostile_documents.xml_with),
        ("a.html", hostile_documents.xml_with),
        ("a.xhtml", hostile_documents.xml_with),
    ],
)
async def test_no_document_shows_a_file_of_the_server(
    client: octavo.Client, tmp_path: Path, name: str, make: Callable[..., bytes]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    content = make("before &x; after", document_type=hostile_documents.external_entity(secret))

    assert SECRET not in await text(client, name, content)


async def test_after_all_that_the_server_is_as_it_was(client: octavo.Client, server: ServerProcess) -> None:
    bombs = [hostile_documents.bomb_pdf(1_000), hostile_documents.recursive_pdf()]

    before = server.rss_bytes()
    ends = await asyncio.gather(*(final(client, "bomb.pdf", content) for content in bombs))
    after = server.rss_bytes()

    assert all(end.state.is_final for end in ends)
    assert after - before < 50_000_000
    assert documents.PANGRAM in await text(client, "a.txt", documents.PANGRAM.encode())


def assert_is_plain(message: str) -> None:
    """One sentence for people: printable, short, and nothing of our insides."""
    assert 0 < len(message) <= 200
    assert message.isprintable()
    assert not INTERNALS.search(message), message
