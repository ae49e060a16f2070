"""What is read from an EPUB."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, RefusalError
from octavo_server.extractors.epub import CHAPTER_BYTES_MAX, Epub
from octavo_server.extractors.hypertext.parts import PART_BYTES_MAX
from tests.web_documents import AES, BILLION_LAUGHS, FONT_OBFUSCATION, archive, chapter, encryption, epub, package, read

TWO = {"a.xhtml": chapter("<p>Alpha</p>"), "b.xhtml": chapter("<p>Beta</p>")}
METADATA = (
    '<dc:title>The Book</dc:title><dc:creator id="c1">Ada</dc:creator><dc:creator>Bob</dc:creator>'
    "<dc:language>en-GB</dc:language><dc:date>2019-06-22T15:01:38Z</dc:date><dc:publisher>Press</dc:publisher>"
    "<dc:description>About &lt;b&gt;books&lt;/b&gt;</dc:description>"
)


def test_chapters_are_read_in_reading_order() -> None:
    assert read(Epub(), epub(TWO, content_list=package(list(TWO), spine=[1, 0]))).text == "Beta\nAlpha"


def test_a_chapter_that_is_listed_twice_is_read_once() -> None:
    assert read(Epub(), epub(TWO, content_list=package(list(TWO), spine=[0, 1, 0, 0]))).text == "Alpha\nBeta"


def test_a_page_outside_the_reading_order_is_left_out() -> None:
    assert read(Epub(), epub(TWO, content_list=package(list(TWO), spine=[0]))).text == "Alpha"


def test_what_a_chapter_is_called_inside_is_not_shown() -> None:
    assert read(Epub(), epub({"a.xhtml": chapter("<h1>One</h1>", head="<title>chapter_1</title>")})).text == "One"


def test_references_are_percent_encoded_and_relative() -> None:
    hrefs = ["text/a%20b.xhtml#start", "../c.xhtml", "./%C3%A9.xhtml"]
    others = {"OEBPS/text/a b.xhtml": chapter("Alpha"), "c.xhtml": chapter("Gamma"), "OEBPS/é.xhtml": chapter("Beta")}
    assert read(Epub(), epub({}, content_list=package(hrefs), others=others)).text == "Alpha\nGamma\nBeta"


def test_the_pictures_are_named_behind_the_text() -> None:
    items = '<item id="cover" href="img/the%20cover.jpg" media-type="image/jpeg" properties="cover-image"/>'
    extracted = read(Epub(), epub(TWO, content_list=package(list(TWO), items=items)))
    assert extracted.text == "Alpha\nBeta\nOEBPS/img/the cover.jpg"


def test_a_book_describes_itself() -> None:
    metadata = read(Epub(), epub(TWO, content_list=package(list(TWO), metadata=METADATA))).metadata
    assert (metadata.media_type, metadata.title, metadata.author) == ("application/epub+zip", "The Book", "Ada, Bob")
    assert metadata.language == "en-GB"
    assert metadata.create_time == datetime(2019, 6, 22, 15, 1, 38, tzinfo=UTC).timestamp()
    assert metadata.more["publisher"] == "Press"


def test_a_missing_chapter_is_warned_of() -> None:
    extracted = read(Epub(), epub(TWO, content_list=package([*TWO, "c.xhtml"], spine=[0, 1, 2, 9])))
    assert extracted.text == "Alpha\nBeta"
    assert extracted.warnings == (
        "the chapter OEBPS/c.xhtml is missing or damaged and was left out",
        "places in the reading order that name no part of the book: 1",
    )


def test_a_protected_book_is_refused() -> None:
    book = epub(TWO, others=encryption(["OEBPS/a.xhtml", "OEBPS/b.xhtml"], algorithm=AES))
    with pytest.raises(CannotExtractError, match="protected by DRM") as caught:
        read(Epub(), book)
    assert caught.value.reason == "DOCUMENT_ENCRYPTED"


def test_a_protected_book_with_a_readable_cover_is_refused() -> None:
    book = epub(
        {"cover.xhtml": chapter("Cover"), **TWO}, others=encryption(["OEBPS/a.xhtml", "OEBPS/b.xhtml"], algorithm=AES)
    )
    with pytest.raises(CannotExtractError, match="protected by DRM"):
        read(Epub(), book)


def test_a_single_protected_chapter_is_warned_of() -> None:
    book = epub({"c.xhtml": chapter("Gamma"), **TWO}, others=encryption(["OEBPS/b.xhtml"], algorithm=AES))
    extracted = read(Epub(), book)
    assert extracted.text == "Gamma\nAlpha"
    assert extracted.warnings == ("chapters that are protected by DRM were left out: 1",)


def test_a_font_that_is_made_useless_elsewhere_protects_no_text() -> None:
    book = epub(TWO, others=encryption(["OEBPS/a.xhtml", "OEBPS/font.otf"], algorithm=FONT_OBFUSCATION))
    assert read(Epub(), book).text == "Alpha\nBeta"


@pytest.mark.parametrize(
    ("book", "why"),
    [
        (archive({"mimetype": "application/epub+zip"}), "no content list"),
        (epub(TWO, content_list="<package><metadata>"), "content list can't be read"),
        (epub(TWO, content_list=package([])), "names no chapters"),
        (epub({}, content_list=package(["a.xhtml", "../../../../etc/passwd"])), "none of its chapters"),
        (epub(TWO)[:-200], "the end of the file is missing"),
    ],
)
def test_a_damaged_book_is_refused_with_what_is_wrong(book: bytes, why: str) -> None:
    with pytest.raises(CannotExtractError, match=why) as caught:
        read(Epub(), book)
    assert caught.value.reason == "DOCUMENT_DAMAGED"


def test_a_book_without_a_container_is_found_by_its_content_list() -> None:
    assert read(Epub(), archive({"x.opf": package(["a.xhtml"]), "a.xhtml": chapter("Alpha")})).text == "Alpha"


@pytest.mark.parametrize("where", ["chapter", "content list", "container"])
def test_declared_entities_are_not_expanded(where: str) -> None:
    others = {"META-INF/container.xml": f"{BILLION_LAUGHS}<a>&l9;</a>"} if where == "container" else {}
    listed = package(["a.xhtml"], metadata="<dc:title>&l9;</dc:title>")
    content_list = BILLION_LAUGHS + listed if where == "content list" else None
    body = f"{BILLION_LAUGHS}<p>Alpha &l9;</p>" if where == "chapter" else "<p>Alpha</p>"
    extracted = read(Epub(), epub({"a.xhtml": body}, content_list=content_list, others=others))
    assert extracted.text.removesuffix(" &l9;") == "Alpha"
    assert "lol" not in extracted.metadata.title


@pytest.mark.parametrize(
    ("part", "size_bytes"), [("OEBPS/a.xhtml", CHAPTER_BYTES_MAX), ("OEBPS/content.opf", PART_BYTES_MAX)]
)
def test_a_part_that_unpacks_to_too_much_is_refused_before_it_does(part: str, size_bytes: int) -> None:
    parts: dict[str, bytes | str] = {"OEBPS/content.opf": package(["a.xhtml"]), part: b" " * (size_bytes + 1)}
    with pytest.raises(RefusalError, match="more than") as caught:
        read(Epub(), archive(parts))
    assert caught.value.reason == "DOCUMENT_TOO_LARGE"


def test_reading_stops_beyond_the_limit() -> None:
    many = {f"{index}.xhtml": chapter("<p>word</p>" * 100) for index in range(100)}
    assert 1_000 < len(read(Epub(), epub(many), chars_max=1_000).text) < 1_100


def test_progress_is_told_in_chapters() -> None:
    told: list[Progress] = []
    read(Epub(), epub(TWO), report=told.append)
    assert told == [Progress("chapter", 1, 2), Progress("chapter", 2, 2)]


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_any_damage_ends_in_text_or_a_reason(at: int, damage: bytes) -> None:
    book = epub(TWO, content_list=package(list(TWO), metadata=METADATA))
    at %= len(book)
    with suppress(CannotExtractError, RefusalError):
        read(Epub(), book[:at] + damage + book[at + len(damage) :])


@given(st.binary(max_size=300))
def test_any_content_list_ends_in_text_or_a_reason(content_list: bytes) -> None:
    with suppress(CannotExtractError, RefusalError):
        read(Epub(), archive({"a.opf": content_list, "a.xhtml": chapter("Alpha")}))
