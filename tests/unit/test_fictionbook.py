"""What is read from a FictionBook and from a picture in SVG: documents of XML."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, Extractor, RefusalError
from octavo_server.extractors.fictionbook import FictionBook
from octavo_server.extractors.hypertext import xml_events
from octavo_server.extractors.svg import Svg
from tests.web_documents import BILLION_LAUGHS, fiction_book, read

DESCRIPTION = (
    "<title-info><genre>prose</genre><author><first-name>Ada</first-name><last-name>Lovelace</last-name></author>"
    "<author><nickname>Bob</nickname></author><book-title>The Book</book-title>"
    '<annotation><p>About it.</p></annotation><date value="1843-07-10">10 July</date><lang>en</lang></title-info>'
    "<document-info><author><nickname>Scanner</nickname></author><program-used>Hand</program-used></document-info>"
    "<publish-info><publisher>Press</publisher></publish-info>"
)


def svg(content: str, start: str = "") -> str:
    return f'{start}<svg xmlns="http://www.w3.org/2000/svg">{content}</svg>'


def xml(extractor: Extractor, content: str, start: str = "") -> str:
    if extractor.name == "svg":
        return svg(f"<text>{content}</text>", start)
    return fiction_book(f"<p>{content}</p>", start=start)


BOTH = pytest.mark.parametrize("extractor", [FictionBook(), Svg()], ids=lambda extractor: extractor.name)


def test_a_book_is_its_title_page_and_its_bodies() -> None:
    body = "<title><p>One</p></title><section><p>Al<emphasis>pha</emphasis>.</p><v>Beta</v><p>Gamma</p></section>"
    notes = '</body><body name="notes"><section><p>A note.</p></section>'
    text = read(FictionBook(), fiction_book(body + notes, description=DESCRIPTION)).text
    assert text.splitlines()[-5:] == ["One", "Alpha.", "Beta", "Gamma", "A note."]
    assert "The Book" in text
    assert "About it." in text
    assert "Scanner" not in text


def test_pictures_are_left_out() -> None:
    book = fiction_book("<p>Alpha</p>").replace("</FictionBook>", "<binary>QUJD</binary></FictionBook>")
    assert read(FictionBook(), book).text == "Alpha"


def test_cells_of_a_table_are_apart() -> None:
    assert read(FictionBook(), fiction_book("<table><tr><td>a</td><td>b</td></tr></table>")).text == "a\tb"


def test_a_book_describes_itself() -> None:
    metadata = read(FictionBook(), fiction_book("<p>x</p>", description=DESCRIPTION)).metadata
    assert (metadata.title, metadata.author, metadata.language) == ("The Book", "Ada Lovelace, Bob", "en")
    assert metadata.create_time == datetime(1843, 7, 10, tzinfo=UTC).timestamp()
    assert metadata.more == {"genre": "prose", "date": "10 July", "program-used": "Hand", "publisher": "Press"}


def test_of_a_damaged_book_the_beginning_is_read_and_a_warning_says_so() -> None:
    extracted = read(FictionBook(), fiction_book("<p>Alpha</p><p>Beta")[:-25])
    assert extracted.text.startswith("Alpha")
    assert "what comes behind was left out" in extracted.warnings[0]


@BOTH
@pytest.mark.parametrize(
    ("encoding", "letters"), [("windows-1251", "Привет"), ("gbk", "中文"), ("utf-16", "Größe"), ("utf-8", "Größe")]
)
def test_xml_is_read_in_the_encoding_it_declares(extractor: Extractor, encoding: str, letters: str) -> None:
    data = xml(extractor, letters, f'<?xml version="1.0" encoding="{encoding}"?>').encode(encoding)
    assert read(extractor, data).text == letters


@BOTH
def test_entities_of_html_are_known(extractor: Extractor) -> None:
    assert read(extractor, xml(extractor, "a&nbsp;b &eacute;", '<!DOCTYPE a SYSTEM "a.dtd">')).text == "a\xa0b é"


@BOTH
def test_declared_entities_stay_as_they_are_written(extractor: Extractor) -> None:
    assert read(extractor, xml(extractor, "before &l9; after", BILLION_LAUGHS)).text == "before &l9; after"


@BOTH
def test_entities_in_attributes_are_expanded_within_limits(extractor: Extractor) -> None:
    with pytest.raises(CannotExtractError, match="not well-formed"):
        read(extractor, f'{BILLION_LAUGHS}<FictionBook a="&l9;"/>')


@BOTH
@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE a [<!ENTITY x SYSTEM "{}">]>', '<!DOCTYPE a [<!ENTITY % y SYSTEM "{}"> %y;]>']
)
def test_no_other_file_is_read(extractor: Extractor, declaration: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text('<!ENTITY x "TOPSECRET">')
    text = read(extractor, xml(extractor, "before &x; after", declaration.format(secret.as_uri()))).text
    assert text.startswith("before ")
    assert "TOPSECRET" not in text


@BOTH
def test_deep_nesting_is_read_all_the_same(extractor: Extractor) -> None:
    assert read(extractor, xml(extractor, "<a>" * 100_000 + "deep" + "</a>" * 100_000)).text == "deep"


@BOTH
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nesting_that_is_too_deep_is_refused(extractor: Extractor, encoding: str) -> None:
    with pytest.raises(RefusalError, match="nested too deeply") as caught:
        read(extractor, ("<FictionBook>" + "<a b='/>'>" * (xml_events.DEPTH_MAX + 1)).encode(encoding))
    assert caught.value.reason == "DOCUMENT_TOO_LARGE"


def test_nesting_that_is_too_deep_is_refused_where_only_text_is_heard() -> None:
    with pytest.raises(RefusalError, match="nested too deeply"):
        xml_events.read([b"<a>" * 50_000] * 5, xml_events.Quiet(), with_starts=False)


@BOTH
def test_a_tag_that_does_not_end_is_refused(extractor: Extractor) -> None:
    with pytest.raises(RefusalError, match="single tag") as caught:
        read(extractor, '<FictionBook a="' + "x" * 3_000_000)
    assert caught.value.reason == "DOCUMENT_TOO_LARGE"


@BOTH
@pytest.mark.parametrize("data", [b"\0" * 1_000, b"no XML", b"<?xml version='1.0' encoding='no-such'?><a/>", b"<a>"])
def test_what_is_no_xml_is_refused(extractor: Extractor, data: bytes) -> None:
    with pytest.raises(CannotExtractError, match="damaged") as caught:
        read(extractor, data)
    assert caught.value.reason == "DOCUMENT_DAMAGED"


@BOTH
def test_reading_stops_beyond_the_limit(extractor: Extractor) -> None:
    assert len(read(extractor, xml(extractor, "word " * 1_000_000), chars_max=1_000).text) > 1_000


@BOTH
def test_progress_is_told_in_bytes(extractor: Extractor) -> None:
    told: list[Progress] = []
    data = xml(extractor, "word " * 100_000).encode()
    read(extractor, data, report=told.append)
    assert told[-1] == Progress("byte", len(data), len(data))


def test_a_picture_is_its_labels() -> None:
    content = (
        "<title>Map</title><desc>Of the <b>sea</b></desc><style>a{}</style><g><text>No<tspan>rth</tspan></text>"
        '<text>South<tspan x="1" y="2">pole</tspan></text><path d="M0 0"/></g>'
    )
    extracted = read(Svg(), svg(content))
    assert extracted.text == "Map\nOf the sea\nNorth\nSouth\npole"
    assert (extracted.metadata.media_type, extracted.metadata.title) == ("image/svg+xml", "Map")


def test_a_picture_without_labels_has_no_text() -> None:
    with pytest.raises(RefusalError, match="no labels") as caught:
        read(Svg(), svg("<path d='M0 0'/>"))
    assert caught.value.reason == "NO_TEXT"


def _ends(extractor: Extractor, data: bytes) -> None:
    with suppress(CannotExtractError, RefusalError):
        read(extractor, data)


@pytest.mark.parametrize("make", [FictionBook, Svg])
def test_any_bytes_end_in_text_or_a_reason(make: Callable[[], Extractor]) -> None:
    valid = xml(
        make(), "Größe &eacute; <a b='c'/>", '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a SYSTEM "b">'
    ).encode()

    @given(st.binary(min_size=1) | st.builds(_damaged, st.just(valid), st.integers(0, 10_000), st.binary(max_size=9)))
    def check(data: bytes) -> None:
        _ends(make(), data)

    check()


def _damaged(data: bytes, at: int, damage: bytes) -> bytes:
    at %= len(data)
    return data[:at] + damage + data[at + len(damage) :]
