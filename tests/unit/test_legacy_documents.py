"""RTF, the office documents before 2007 and Outlook's mails."""

import json
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xberg

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, Document, Extracted
from octavo_server.extractors.xberg_legacy import Xberg
from octavo_server.extractors.xberg_metadata import metadata_of
from tests import ole_documents

Reader = Callable[..., Extracted]
XBERG = Xberg()
NEW_YEAR_2024 = 1_704_110_400


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    descriptors: list[int] = []

    def reader(data: bytes, progress: list[Progress] | None = None) -> Extracted:
        path = tmp_path / f"document{len(descriptors)}"
        path.write_bytes(data)
        descriptors.append(os.open(path, os.O_RDONLY))
        document = Document(descriptor=descriptors[-1], name="without an extension")
        return XBERG.extract(document, chars_max=1_000_000, report=([] if progress is None else progress).append)

    yield reader
    for descriptor in descriptors:
        os.close(descriptor)


def refused(read: Reader, data: bytes) -> tuple[str, str]:
    with pytest.raises(CannotExtractError) as refusal:
        read(data)
    return refusal.value.reason, refusal.value.message


def rtf(body: bytes) -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}" + body + b"}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"caf\'e9 \f1 \'ec\'e8\'f0\f0  \u8364?\par", "café мир €"),
        (rb"{\header\pard above\par}{\footer\pard below\par}body{\footnote noted}\par", "above below body noted"),
        (rb"\trowd\cellx10\cellx20\intbl left\cell right\cell\row\pard after\par", "left right after"),
        (rb'{\field{\*\fldinst HYPERLINK "http://a.example"}{\fldrslt link}}\par', "link"),
        (rb"one\par two\line three\tab four\par", "one two three four"),
        (rb"ends\sect begins\page goes on\par", "ends begins goes on"),
        (rb"a folder C:\\pages and \\section\par", r"a folder C:\pages and \section"),
    ],
    ids=["alphabets", "header and footer", "table", "link", "lines", "sections and pages", "backslashes"],
)
def test_the_words_of_an_rtf_are_read(read: Reader, body: bytes, words: str) -> None:
    found = read(rtf(body)).text.split()
    assert set(words.split()) <= set(found)


def test_paragraphs_of_an_rtf_are_lines(read: Reader) -> None:
    assert read(rtf(rb"First.\par Second.\par")).text == "First.\n\nSecond."


def test_a_picture_in_an_rtf_leaves_no_trace(read: Reader) -> None:
    assert read(rtf(rb"Seen.\par{\pict\pngblip 89504e470d0a1a0a}\par")).text.strip() == "Seen."


def test_an_rtf_of_a_macintosh_is_read_in_its_code_page(read: Reader) -> None:
    assert read(rb"{\rtf1\mac caf\'8e\par}").text == "café"


def test_an_rtf_tells_title_author_and_date(read: Reader) -> None:
    metadata = read(rtf(rb"{\info{\title A title}{\author Ann}{\creatim\yr2024\mo1\dy1\hr12\min0}}Words.\par")).metadata
    assert (metadata.media_type, metadata.title, metadata.author) == ("application/rtf", "A title", "Ann")
    assert metadata.create_time == NEW_YEAR_2024


def test_groups_nested_without_end_are_followed(read: Reader) -> None:
    assert read(b"{\\rtf1 " + b"{" * 500_000 + b"deep" + b"}" * 500_001).text == "deep"


def test_an_rtf_that_is_cut_off_is_read_so_far_and_told(read: Reader) -> None:
    extracted = read(rtf(rb"Half.\par")[:-1])
    assert (extracted.text, extracted.warnings) == (
        "Half.",
        ("the document ends in the middle: what follows is missing",),
    )


def test_an_rtf_with_more_lines_than_the_library_can_take_is_left_to_others(read: Reader) -> None:
    reason, message = refused(read, rtf(rb"{\b x\par}" * 150_001))
    assert (reason, message) == ("DOCUMENT_TOO_LARGE", "the document has over 150,000 lines")


def test_a_word_document_is_read(read: Reader) -> None:
    extracted = read(ole_documents.word("Words of 1997."))
    assert extracted.text == "Words of 1997."
    assert extracted.metadata.media_type == "application/msword"


def test_what_stands_beside_the_body_of_a_word_document_follows_it(read: Reader) -> None:
    data = ole_documents.word("Body.", beside=["Footnote.", "Header.", "", "Comment.", "Endnote.", "Box."])
    assert read(data).text.split() == ["Body.", "Footnote.", "Header.", "Comment.", "Endnote.", "Box."]


def test_fields_and_tables_of_a_word_document_are_read_as_they_look(read: Reader) -> None:
    data = ole_documents.word(
        'See \x13 HYPERLINK "http://a.example" \x14the page\x15.\rleft\x07right\x07\x07after\x0bword'
    )
    assert read(data).text == "See the page.\nleft\tright\nafter\nword"


def test_characters_beyond_the_basic_plane_shift_no_story(read: Reader) -> None:
    # The maker stores a byte a character; the mark for that is dropped, and the place is where the text stands.
    given = ole_documents.word("1234567\r.......", beside=["1234567\r......."])
    text = "\U0001f600abcd\rBody 12.\rote\r".encode("utf-16-le")
    place = struct.pack("<HIH", 0, 0x40000000 | 2048 * 2, 0)
    at = given.index(b"1234567\r")
    data = (given[:at] + text + given[at + len(text) :]).replace(place, struct.pack("<HIH", 0, 2048, 0))
    assert read(data).text == "\U0001f600abcd\nBody 12.\n\note"


@pytest.mark.parametrize(
    ("story", "shown"),
    [
        ("Before \x13 after.", "Before  after."),
        ("\x13 PAGE \x15Not \x13 \x13 HIDDEN \x14seen\x15 rest", "Not  seen rest"),
        ("\x13 IF \x13 PAGE \x141\x15 = 1 \x14yes\x15.", "yes."),
        ("\x14a\x15b", "ab"),
    ],
)
def test_a_field_that_does_not_end_hides_no_text(read: Reader, story: str, shown: str) -> None:
    assert read(ole_documents.word(f"Start. {story}")).text == f"Start. {shown}"


@pytest.mark.parametrize(("told", "count"), [("12", 12), ("9" * 5_000, None), ("x", None)])
def test_a_count_of_too_many_digits_is_none(told: str, count: int | None) -> None:
    # The class that the library itself makes is not the one that it exports.
    metadata = type(xberg.ExtractedDocument().metadata)(additional={"page_count": json.dumps(told)})
    assert metadata_of(xberg.ExtractedDocument(metadata=metadata)).page_count == count


def test_a_workbook_is_read_row_by_row_under_its_sheets_name(read: Reader) -> None:
    extracted = read(ole_documents.excel([["Name", "Weight"], ["Duck", "1 kg"]], sheet="Birds"))
    assert [line.split() for line in extracted.text.splitlines()] == [
        ["Birds"],
        ["Name", "Weight"],
        ["Duck", "1", "kg"],
    ]
    assert extracted.metadata.page_count == 1


def test_a_presentation_is_read(read: Reader) -> None:
    assert read(ole_documents.powerpoint(["First slide", "Second slide"])).text == "First slide\n\nSecond slide"


def test_a_mail_of_outlook_is_read_with_its_headers(read: Reader) -> None:
    extracted = read(ole_documents.outlook("A subject", "Line one.\r\nLine two."))
    assert extracted.text == "Subject: A subject\nFrom: Ann <ann@example.com>\n\nLine one.\nLine two."
    assert extracted.metadata.title == "A subject"


@pytest.mark.parametrize(
    "data",
    [
        ole_documents.word(is_encrypted=True),
        ole_documents.excel([["x"]], is_encrypted=True),
        ole_documents.powerpoint(["x"], is_encrypted=True),
        ole_documents.encrypted_package(),
    ],
    ids=["doc", "xls", "ppt", "docx"],
)
def test_an_encrypted_document_is_refused_as_that(read: Reader, data: bytes) -> None:
    assert refused(read, data) == ("DOCUMENT_ENCRYPTED", "the document is encrypted")


def test_a_sheet_that_pretends_to_be_huge_is_not_filled(read: Reader) -> None:
    rows = [["x"]] * 65_000
    rows[-1] = [""] * 250 + ["y"]
    reason, message = refused(read, ole_documents.excel(rows))
    assert (reason, message) == ("DOCUMENT_TOO_LARGE", "a sheet spreads over more than 4,000,000 cells")


@pytest.mark.parametrize(("rows", "reason"), [((0, 1 << 31), "DOCUMENT_TOO_LARGE"), ((45_056, 22), "DOCUMENT_DAMAGED")])
def test_no_room_is_made_for_what_a_sheet_says_of_its_size(read: Reader, rows: tuple[int, int], reason: str) -> None:
    assert refused(read, ole_documents.excel([["x"]], rows=rows))[0] == reason


def test_a_sheet_whose_rows_are_out_of_order_is_left_to_others(read: Reader) -> None:
    data = ole_documents.excel([["first"], ["second"]])
    shuffled = data.replace(b"\x00\x00\x00\x00\x00\x00\x05\x00\x01f", b"\x09\x00\x00\x00\x00\x00\x05\x00\x01f")
    assert refused(read, shuffled) == ("DOCUMENT_DAMAGED", "the document is damaged: rows of a sheet are out of order")


@pytest.mark.parametrize(
    "data",
    [
        ole_documents.word()[:4000],
        ole_documents.word()[:600],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40,
        ole_documents.ole({"Other": bytes(5000)}),
        b"neither the one nor the other",
    ],
)
def test_a_damaged_document_is_refused_as_that(read: Reader, data: bytes) -> None:
    assert refused(read, data)[0] == "DOCUMENT_DAMAGED"


def test_a_document_without_words_has_no_text(read: Reader) -> None:
    assert refused(read, rtf(rb"{\pict\pngblip 89504e470d0a1a0a}"))[0] == "NO_TEXT"


def test_progress_goes_from_the_first_to_the_last_byte(read: Reader) -> None:
    told: list[Progress] = []
    data = rtf(rb"Words.\par")
    read(data, told)
    assert told == [Progress("byte", 0, len(data)), Progress("byte", len(data), len(data))]
