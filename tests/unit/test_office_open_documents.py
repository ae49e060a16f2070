"""What is read from OpenDocument files."""

from octavo_server.domain.jobs import Progress
from tests.office_documents import open_document, read


def text_lines(body: str, styles: str = "") -> list[str]:
    return read(open_document("text", body, styles=styles), "a.odt").text.split("\n")


def sheet_lines(rows: str) -> list[str]:
    table = f'<table:table table:name="Ducks">{rows}</table:table>'
    return read(open_document("spreadsheet", table), "a.ods").text.split("\n")


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"


def test_headings_and_paragraphs_are_lines():
    assert text_lines("<text:h>Title</text:h>" + p("One.") + p("<text:span>Two</text:span>.")) == [
        "Title", "One.", "Two.",
    ]  # fmt: skip


def test_white_space_is_one_space_and_more_is_told():
    body = p('a\n  b<text:s text:c="3"/>c<text:tab/>d<text:line-break/>e<text:s text:c="999999999"/>f')

    assert text_lines(body) == ["a b   c\td", "e" + " " * 64 + "f"]


def test_notes_and_annotations_follow_their_paragraph():
    body = f"<text:note-body>{p('Foot.')}</text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    remark = (
        f"<office:annotation><dc:creator>Ann</dc:creator><dc:date>2024-01-01</dc:date>{p('Why?')}</office:annotation>"
    )

    assert text_lines(p(f"Some{note} exam{remark}ple.") + p("More.")) == [
        "Some example.",
        "Foot.",
        "Ann: Why?",
        "More.",
    ]


def test_text_boxes_shapes_and_descriptions_of_pictures_are_read():
    box = f"<draw:frame><draw:text-box>{p('In the box.')}</draw:text-box></draw:frame>"
    shape = f"<draw:custom-shape>{p('In the shape.')}</draw:custom-shape>"
    data = "<draw:image><office:binary-data>AAAA</office:binary-data></draw:image>"
    image = f"<draw:frame>{data}<svg:desc>A duck</svg:desc></draw:frame>"

    assert text_lines(p(f"Look{box}{shape}{image} here.")) == ["Look here.", "In the box.", "In the shape.", "A duck"]


def test_cells_of_a_table_are_parted_by_tabs():
    rows = "".join(f"<table:table-row>{cell(a)}{cell(b)}</table:table-row>" for a, b in (("a", "b"), ("c", "d")))

    assert text_lines(f"<table:table>{rows}</table:table>" + p("After.")) == ["a\tb", "c\td", "After."]


def test_headers_come_first_and_footers_last():
    styles = f"<style:header>{p('Top')}</style:header><style:footer>{p('Bottom')}</style:footer>"

    assert text_lines(p("Body."), f"<office:master-styles>{styles}</office:master-styles>") == [
        "Top", "Body.", "Bottom",
    ]  # fmt: skip


def test_deleted_text_is_left_out():
    assert text_lines(f"<text:tracked-changes>{p('Gone.')}</text:tracked-changes>" + p("Here.")) == ["Here."]


def test_a_sheet_is_its_name_and_a_line_for_each_row_as_it_is_shown():
    year, price = cell("2024", 'office:value="2024"'), cell("5.00 €", 'office:value="5"')
    rows = "".join(
        f"<table:table-row>{row}</table:table-row>" for row in (f"{cell('Year')}{cell('Price')}", f"{year}{price}")
    )

    assert sheet_lines(rows) == ["Ducks", "Year\tPrice", "2024\t5.00 €"]


def test_repeated_empty_cells_and_rows_cost_nothing():
    gap = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = (
        f"<table:table-row>{cell('a')}{gap.format(2)}{cell('b')}{gap.format(16000)}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="1048574">{gap.format(16384)}</table:table-row>'
        f"<table:table-row>{gap.format(1000)}{cell('c')}{gap.format(1000)}{cell('d')}</table:table-row>"
    )

    assert sheet_lines(rows) == ["Ducks", "a\t\t\tb", "c" + "\t" * 17 + "d"]


def test_a_value_that_no_text_shows_is_read():
    assert sheet_lines('<table:table-row><table:table-cell office:value="7"/></table:table-row>') == ["Ducks", "7"]


def test_slides_are_read_with_their_notes():
    box = f"<draw:frame><draw:text-box>{p('{}')}</draw:text-box></draw:frame>"
    page = f"<draw:page>{box}<presentation:notes>{p('Say {}.')}</presentation:notes></draw:page>"
    extracted = read(open_document("presentation", page.replace("{}", "one") + page.replace("{}", "two")), "a.odp")

    assert extracted.text.split("\n") == ["one", "Say one.", "two", "Say two."]
    assert extracted.metadata.page_count == 2


def test_progress_is_told_in_bytes():
    seen: list[Progress] = []

    read(open_document("text", p("word " * 50_000)), "a.odt", report=seen.append)

    total = seen[0].total
    assert total > 250_000
    assert len(seen) > 2
    assert seen[-1] == Progress("byte", total, total)


def test_what_the_document_says_about_itself_is_kept():
    meta = (
        "<dc:title>Ducks</dc:title><meta:initial-creator>Ann</meta:initial-creator><dc:creator>Bob</dc:creator>"
        "<meta:creation-date>2024-01-02T03:04:05</meta:creation-date><dc:language>en-GB</dc:language>"
        "<meta:keyword>bird</meta:keyword><meta:keyword>water</meta:keyword>"
        '<meta:document-statistic meta:page-count="3"/>'
    )

    told = read(open_document("text", p("x"), meta=meta), "a.odt").metadata

    assert (told.media_type, told.title, told.author) == ("application/vnd.oasis.opendocument.text", "Ducks", "Ann")
    assert (told.create_time, told.page_count, told.language) == (1_704_164_645, 3, "en-GB")
    assert told.more == {"creator": "Bob", "keyword": "bird, water"}
