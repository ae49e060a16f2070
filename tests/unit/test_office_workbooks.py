"""What is read from workbooks."""

import datetime as dt

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from octavo_server.domain.jobs import Progress
from tests.office_documents import read, saved, workbook


def lines(data: bytes) -> list[str]:
    return read(data, "a.xlsx").text.split("\n")


def test_a_sheet_is_its_name_and_a_line_for_each_row():
    book = openpyxl.Workbook()
    book.active.title = "Ducks"
    book.active.append(["Year", "Count"])
    book.active.append([2024, 17.5])

    assert lines(saved(book)) == ["Ducks", "Year\tCount", "2024\t17.5"]


def test_hidden_sheets_are_read_too():
    book = openpyxl.Workbook()
    book.active["A1"] = "seen"
    hidden = book.create_sheet("Secret")
    hidden["A1"] = "unseen"
    hidden.sheet_state = "hidden"

    assert lines(saved(book)) == ["Sheet", "seen", "Secret", "unseen"]


def test_dates_and_times_are_written_as_iso_8601_does():
    book = openpyxl.Workbook()
    book.active.append([dt.date(2024, 2, 29), dt.datetime(2024, 1, 1, 13, 30), dt.time(7, 5)])  # noqa: DTZ001  # as a cell has it
    book.active.append([dt.timedelta(hours=30, minutes=1)])

    assert lines(saved(book))[1:] == ["2024-02-29\t2024-01-01 13:30:00\t07:05:00", "30:01:00"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", "45000.5"),
        ("0.00E+00", "45000.5"),
        ('0 "days"', "45000.5"),
        ("[Red]0.0", "45000.5"),
        ("dd/mm/yyyy", "2023-03-15 12:00:00"),
        ('[$-409]d" of "mmmm', "2023-03-15 12:00:00"),
        ("[h]:mm", "1080012:00:00"),
    ],
)
def test_a_format_tells_numbers_from_dates(code: str, shown: str):
    book = openpyxl.Workbook()
    book.active["A1"] = 45000.5
    book.active["A1"].number_format = code

    assert lines(saved(book))[1] == shown


def test_dates_may_count_from_1904():
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    rows = '<row><c r="A1" s="0"><v>1</v></c></row>'

    assert lines(workbook(rows, styles=styles, properties='date1904="1"'))[1] == "1904-01-02"
    assert lines(workbook(rows, styles=styles))[1] == "1900-01-01"


def test_a_number_is_written_as_short_as_it_can_be():
    rows = '<row><c r="A1"><v>4.4000000000000004</v></c><c r="B1"><v>1E3</v></c><c r="C1"><v>7.0</v></c></row>'

    assert lines(workbook(rows))[1] == "4.4\t1000\t7"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("4111111111111110", "4111111111111110"),
        ("12345678901234567", "12345678901234567"),
        ("-98765432109876543210987", "-98765432109876543210987"),
        ("1.23456789012345E+16", "12345678901234500"),
        ("2E20", "200000000000000000000"),
        ("1e+300", "1e+300"),
    ],
)
def test_a_long_integer_keeps_its_digits(stored: str, shown: str):
    assert lines(workbook(f'<row><c r="A1"><v>{stored}</v></c></row>'))[1] == shown


def test_texts_may_be_shared_inline_or_the_result_of_a_formula():
    rows = (
        '<row><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>'
        '<c r="C1" t="str"><f>A1&amp;B1</f><v>both</v></c><c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#N/A</v></c>'
        '<c r="F1" t="s"><v>99</v></c></row>'
    )
    strings = "<si><t>none</t></si><si><r><t>sha</t></r><r><t>red</t></r><rPh><t>spoken</t></rPh></si>"

    assert lines(workbook(rows, strings=strings))[1] == "shared\tinline\tboth\tTRUE\t#N/A"


def test_empty_cells_keep_the_distance_up_to_a_limit():
    rows = '<row><c r="B1"><v>1</v></c><c r="D1"><v>2</v></c><c r="XFD1"><v>3</v></c></row>'

    assert lines(workbook(rows))[1] == "1\t\t2" + "\t" * 16 + "3"


def test_a_merged_cell_is_read_once():
    book = openpyxl.Workbook()
    book.active["A1"] = "wide"
    book.active.merge_cells("A1:C1")
    book.active["D1"] = "next"

    assert lines(saved(book))[1] == "wide\t\t\tnext"


def test_comments_headers_and_chart_titles_follow_the_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", 1])
    sheet["A1"].comment = Comment("Really?", "Ann")
    sheet.oddHeader.center.text = "Confidential"
    sheet.oddHeader.center.font = "Arial,Bold"
    chart = BarChart()
    chart.title = "The bars"
    chart.add_data(Reference(sheet, min_col=2, min_row=1))
    sheet.add_chart(chart, "D1")

    assert lines(saved(book)) == ["Sheet", "a\t1", "Confidential", "The bars", "Really?"]


def test_each_sheet_is_a_step_forward_and_they_are_counted():
    book = openpyxl.Workbook()
    book.create_sheet("B")["A1"] = 1
    seen: list[Progress] = []

    assert read(saved(book), "a.xlsx", report=seen.append).metadata.page_count == 2
    assert seen == [Progress("sheet", 1, 2), Progress("sheet", 2, 2)]
