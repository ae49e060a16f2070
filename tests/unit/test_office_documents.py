"""What office documents say about themselves, and how encrypted, damaged and hostile ones end."""

import datetime as dt
import io
import random
import struct
import tracemalloc
import zipfile

import docx
import pptx
import pytest

from octavo_server.domain.limits import MIB
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.allowance import UNPACKED_BYTES_MAX, Allowance
from octavo_server.extractors.base import CannotExtractError, Document, RefusalError
from octavo_server.extractors.office.markup import DEPTH_MAX, TOKEN_BYTES_MAX
from octavo_server.extractors.office_open_xml import OfficeOpenXml
from tests.archive_documents import with_large_end
from tests.office_documents import (
    archive,
    claiming,
    crowded,
    encrypted_package,
    ignore,
    office,
    open_document,
    paragraph,
    read,
    saved,
    with_parts,
    word,
    word_part,
    workbook,
)


def with_false_end(entries: bytes) -> bytes:
    """A zip whose end says that its list of parts has 100 bytes; the one with numbers of 64 bits tells the truth."""
    start = b"PK\x03\x04"
    count = entries.count(b"PK\x01\x02")
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(entries), len(start))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(start) + len(entries), 1)
    return start + entries + large + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 100, 4, 0)


ODF_PARAGRAPH = "<text:p>Hello.</text:p>"


def failure(data: bytes, name: str = "a.docx") -> CannotExtractError:
    with pytest.raises(CannotExtractError) as caught:
        read(data, name)
    return caught.value


def refusal(data: bytes, name: str = "a.docx", **limits: int) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        read(data, name, **limits)
    return caught.value


def test_what_a_document_says_about_itself_is_kept():
    document = docx.Document()
    document.add_paragraph("Text.")
    properties = document.core_properties
    properties.title, properties.author, properties.language = "Ducks", "Ann", "en-GB"
    properties.created = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    properties.keywords, properties.last_modified_by = "bird", "Bob"

    told = read(saved(document)).metadata

    assert told.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert (told.title, told.author, told.language, told.create_time) == ("Ducks", "Ann", "en-GB", 1_704_164_645)
    assert told.page_count == 1
    assert told.more["keywords"] == "bird"
    assert told.more["lastModifiedBy"] == "Bob"
    assert told.more["Application"] == "Microsoft Macintosh Word"
    assert not {"title", "creator", "language", "created"} & told.more.keys()


def test_a_document_need_not_say_anything():
    assert read(word(paragraph("x"))).metadata == DocumentMetadata(
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )


def test_the_media_type_tells_documents_with_macros():
    slides = office("ppt", '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>')
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Title"
    with zipfile.ZipFile(io.BytesIO(slides)) as other:
        data = with_parts(saved(made), {"[Content_Types].xml": other.read("[Content_Types].xml")})

    assert read(data).metadata.media_type == "application/vnd.ms-powerpoint.presentation.macroEnabled.12"


def test_damaged_properties_cost_no_text():
    document = docx.Document()
    document.add_paragraph("Text.")

    extracted = read(with_parts(saved(document), {"docProps/core.xml": "<not-closed>"}))

    assert extracted.text == "Text."


def test_a_damaged_header_costs_no_more_than_itself():
    pointer = ("h", "header", "header1.xml")
    parts = {"word/header1.xml": word_part(paragraph("Kept.") + "<w:p>")}

    extracted = read(office("word", word_part(paragraph("Text.")), pointer, parts=parts))

    assert extracted.text == "Kept.\nText."
    assert extracted.warnings == ("its part word/header1.xml is damaged and was left out",)


def test_a_damaged_slide_costs_no_more_than_itself():
    made = pptx.Presentation()
    for title in ("One", "Two"):
        made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = title
    one_left = with_parts(saved(made), {"ppt/slides/slide1.xml": "<p:sld"})
    none_left = with_parts(one_left, {"ppt/slides/slide2.xml": "<p:sld"})

    assert read(one_left).text == "Two"
    told = "the document is damaged: its part ppt/slides/slide1.xml, as 1 more, can't be read"
    assert failure(none_left).message == told


def without(data: bytes, *names: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        return archive({name: given.read(name) for name in given.namelist() if name not in names})


def test_a_missing_slide_is_told_and_counted():
    made = pptx.Presentation()
    for title in ("One", "Two"):
        made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = title

    extracted = read(without(saved(made), "ppt/slides/slide1.xml"))

    assert extracted.text == "Two"
    assert extracted.warnings == ("its part ppt/slides/slide1.xml is missing and was left out",)
    assert extracted.metadata.page_count == 2


def test_missing_notes_of_a_slide_are_told():
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "One"
    slide.notes_slide.notes_text_frame.text = "Said."

    extracted = read(without(saved(made), "ppt/notesSlides/notesSlide1.xml"))

    assert extracted.warnings == ("its part ppt/notesSlides/notesSlide1.xml is missing and was left out",)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_missing_part_of_a_workbook_is_told(part: str):
    extracted = read(without(workbook(""), part), "a.xlsx")

    assert extracted.text == "Sheet"
    assert extracted.warnings == (f"its part {part} is missing and was left out",)
    assert extracted.metadata.page_count == 1


def test_a_sheet_that_nothing_points_to_is_told():
    extracted = read(without(workbook(""), "xl/_rels/workbook.xml.rels"), "a.xlsx")

    assert extracted.text == "Sheet"
    assert extracted.warnings == ("its part rId1 is missing and was left out",)


@pytest.mark.parametrize("kind", ["header", "footer", "footnotes", "endnotes", "comments", "numbering", "chart"])
def test_a_missing_part_of_a_word_document_is_told(kind: str):
    extracted = read(word(paragraph("Text."), ("m", kind, "lost.xml")))

    assert extracted.text == "Text."
    assert extracted.warnings == ("its part word/lost.xml is missing and was left out",)


def test_an_encoding_that_nobody_knows_is_told():
    data = office("word", f"<?xml version='1.0' encoding='x-none'?>{word_part(paragraph('x'))}")

    assert failure(data).message == "the document is damaged: its XML is in an encoding that can't be read"


def test_properties_of_many_megabytes_are_not_read():
    document = docx.Document()
    document.add_paragraph("Text.")
    title = f'<x xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{"long " * MIB}</dc:title></x>'

    assert read(with_parts(saved(document), {"docProps/core.xml": title})).metadata.title == ""


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_an_encrypted_package_is_told(name: str):
    assert failure(encrypted_package(), name).reason == "DOCUMENT_ENCRYPTED"


def test_an_encrypted_open_document_is_told():
    part = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"

    assert failure(open_document("text", "", manifest=part), "a.odt").reason == "DOCUMENT_ENCRYPTED"
    assert failure(archive({"encrypted-package": b"x"}), "a.odt").reason == "DOCUMENT_ENCRYPTED"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (word(paragraph("x"))[:300], "the document is damaged: the end of the file is missing"),
        (random.Random(1).randbytes(1000), "the document is damaged: it is not the zip archive that its name promises"),
        (archive({"a.txt": "x"}), "the document is damaged: its main part is missing"),
        (word("<w:p>"), "the document is damaged: its XML is not well-formed (mismatched tag, line 1)"),
        (b"PK\x05\x06", "the document is damaged: the end of the file is missing"),
    ],
    ids=["truncated", "random", "another zip", "broken XML", "end only"],
)
def test_a_damaged_document_is_refused_in_plain_words(data: bytes, message: str):
    told = failure(data)

    assert (told.reason, told.message) == ("DOCUMENT_DAMAGED", message)


def test_a_part_that_cannot_be_unpacked_is_named():
    data = bytearray(word(paragraph("x" * 1000)))
    at = data.find(b"word/document.xml") + len("word/document.xml")
    data[at : at + 20] = bytes(20)

    assert failure(bytes(data)).message == "the document is damaged: its part word/document.xml can't be unpacked"


def test_a_part_is_only_unpacked_as_office_documents_are_packed():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("word/document.xml", word_part(paragraph("x")))

    assert "packed in a way" in failure(buffer.getvalue()).message


@pytest.mark.parametrize(
    ("data", "name"),
    [(word("<w:p/>"), "a.docx"), (open_document("text", "<text:p/>"), "a.odt")],
)
def test_a_document_without_text_is_told(data: bytes, name: str):
    assert failure(data, name).reason == "NO_TEXT"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY b SYSTEM "file:///etc/hostname">',
        '<!ENTITY % b SYSTEM "file:///etc/hostname"> %b;',
    ],
    ids=["that expand", "that read a file", "that read a declaration"],
)
def test_entities_end_a_document(declaration: str):
    body = word_part(f"<w:body>{paragraph('before &b; after')}</w:body>")

    told = refusal(office("word", f"<!DOCTYPE x [{declaration}]>{body}"))

    assert told.message == "the document declares XML entities, which an office document must not"


def test_a_document_type_alone_does_no_harm():
    content = '<!DOCTYPE x PUBLIC "-//X" "http://example.org/x.dtd">'
    made = office("word", f"{content}{word_part(paragraph('Text.'))}")

    assert read(made).text == "Text."


def test_what_unpacks_to_too_much_is_not_unpacked():
    data = claiming(word(paragraph("x")), "word/document.xml", UNPACKED_BYTES_MAX + 1)

    told = refusal(data)

    assert (told.reason, told.message) == ("DOCUMENT_TOO_LARGE", "the document unpacks to more than 512 MB")


def test_reading_stops_at_the_limit_of_characters():
    text = b"spam " * 200_000
    pieces = [b"<w:body><w:p><w:r><w:t>", *[text] * 40, b"</w:t></w:r></w:p></w:body>"]
    data = office("word", word_part(pieces))
    seen = []

    with pytest.raises(RefusalError) as caught:
        read(data, chars_max=100_000, report=seen.append)

    assert caught.value.reason == "OUTPUT_TOO_LARGE"
    assert seen[-1].completed < 1_000_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.docx",
            word(paragraph("short"), footnotes=f'<w:footnote w:id="1">{paragraph("long " * 1000)}</w:footnote>'),
        ),
        ("a.xlsx", workbook('<row><c t="s"><v>0</v></c></row>' * 100, strings=f"<si><t>{'long ' * 100}</t></si>")),
        ("a.odt", open_document("text", "<text:p>long</text:p>" * 1000)),
    ],
    ids=["notes", "shared strings", "paragraphs"],
)
def test_no_shorter_text_passes_for_the_whole(name: str, data: bytes):
    assert refusal(data, name, chars_max=1000).reason == "OUTPUT_TOO_LARGE"


def test_an_archive_of_too_many_parts_is_not_listed():
    assert refusal(crowded(200_000)).message == "the document is an archive of too many parts"


def test_a_list_of_parts_that_only_the_large_end_admits_to_is_not_listed():
    entries = archive({"a.xml": ""})[:-22].partition(b"PK\x01\x02")[2]
    data = with_false_end((b"PK\x01\x02" + entries) * 200_000)

    assert refusal(data).message == "the document is an archive of too many parts"


def test_numbers_that_look_like_the_end_of_an_archive_hide_none():
    listed = crowded(200_000)
    data = listed[:-6] + b"PK\x05\x06" + listed[-2:]

    assert refusal(data).message == "the document is an archive of too many parts"


def test_a_document_with_numbers_of_64_bits_is_read():
    assert read(with_large_end(word(paragraph("Text.")))).text == "Text."


def test_what_documents_inside_others_unpack_to_counts_together():
    allowance = Allowance()
    document = Document(content=word(paragraph("x")), name="a.docx", allowance=allowance)

    OfficeOpenXml().extract(document, chars_max=100, report=ignore)
    unpacked_bytes = UNPACKED_BYTES_MAX - allowance.bytes_left
    assert unpacked_bytes > 0
    allowance.bytes_left = unpacked_bytes - 1
    with pytest.raises(RefusalError) as caught:
        OfficeOpenXml().extract(document, chars_max=100, report=ignore)

    assert caught.value.reason == "DOCUMENT_TOO_LARGE"


def test_a_list_that_is_kept_whole_has_a_limit():
    data = claiming(word(paragraph("x")), "word/_rels/document.xml.rels", 20 * MIB)

    assert refusal(data).message == "the document's part word/_rels/document.xml.rels has more than 16 MB"


def test_a_tag_without_end_is_refused():
    data = word(f'<w:p a="{"x" * 2 * TOKEN_BYTES_MAX}"/>')

    assert refusal(data).message == "the document has a single tag of more than 1 MB"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>"),
        ("<m:sup>", "</m:sup>"),
        ("<mc:AlternateContent><mc:Choice>", "</mc:Choice></mc:AlternateContent>"),
        ("<w:unknown>", "</w:unknown>"),
    ],
)
def test_deep_nesting_costs_neither_the_text_nor_the_stack(start: str, end: str):
    data = word(start * 50_000 + paragraph("deep") + end * 50_000)

    assert "deep" in read(data).text


def test_elements_nested_without_end_are_refused():
    data = word("<w:p>" * 3 * DEPTH_MAX)

    assert refusal(data).message == "the document's elements are nested too deeply"


@pytest.mark.parametrize("closing", ["<!--</-->", "<?x </?>", "<w:b w:c='/>'></w:b>", "/>"])
def test_what_only_looks_like_an_end_hides_no_depth(closing: str):
    data = word(f"<w:p>{closing}" * 3 * DEPTH_MAX)

    assert refusal(data).message == "the document's elements are nested too deeply"


def test_elements_that_are_left_out_are_as_deep_as_others_at_most():
    data = word(paragraph("x") * 30_000 + "<w:tabs>" + "<w:tab>" * 2 * DEPTH_MAX)

    assert refusal(data).message == "the document's elements are nested too deeply"


def test_a_long_document_with_much_that_is_left_out_is_not_deep():
    data = word("<w:p><w:tabs><w:tab/></w:tabs></w:p>" * 2 * DEPTH_MAX + paragraph("Text."))

    assert read(data).text.strip() == "Text."


def test_deep_open_documents_are_read():
    start, end = "<text:p><draw:frame><draw:text-box>", "</draw:text-box></draw:frame></text:p>"

    assert "Hello." in read(open_document("text", start * 50_000 + ODF_PARAGRAPH + end * 50_000), "a.odt").text


@pytest.mark.parametrize(
    "stray", ["m:naryPr", "m:d", "m:dPr", "m:sup", "m:begChr", "mc:Choice", "w:tc", "w:tr", "w:lvl"]
)
def test_elements_out_of_place_do_no_harm(stray: str):
    data = word(f"<{stray}/>" + paragraph("Text.") + f"<{stray}/>")

    assert "Text." in read(data).text


@pytest.mark.parametrize(
    "stray", ["table:table-cell", "table:table-row", "office:annotation", "dc:creator", "svg:desc"]
)
def test_open_elements_out_of_place_do_no_harm(stray: str):
    body = f"<{stray}/>{ODF_PARAGRAPH}<{stray}>x</{stray}>"

    assert "Hello." in read(open_document("text", body), "a.odt").text


def test_memory_grows_with_the_text_and_not_with_the_markup():
    empty = b"<w:bookmarkStart/>" * 50_000
    data = office("word", word_part([b"<w:body>", paragraph("Text.").encode(), *[empty] * 20, b"</w:body>"]))

    tracemalloc.start()
    try:
        assert read(data).text == "Text."
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 2 * MIB
