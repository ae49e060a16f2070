"""What is read from presentations."""

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Inches

from octavo_server.domain.jobs import Progress
from tests.office_documents import read, relationships, saved, with_parts

BOX = (Inches(1), Inches(1), Inches(3), Inches(1))
TITLE_ONLY = 5


def deck(*titles: str) -> Presentation:
    made = Presentation()
    for title in titles:
        made.slides.add_slide(made.slide_layouts[TITLE_ONLY]).shapes.title.text = title
    return made


def lines(made: Presentation) -> list[str]:
    return read(saved(made), "a.pptx").text.split("\n")


def test_slides_are_read_in_the_order_in_which_they_are_shown():
    made = deck("One", "Two", "Three")
    order = made.slides._sldIdLst
    order.insert(0, order[2])

    assert lines(made) == ["Three", "One", "Two"]


def test_notes_follow_their_slide():
    made = deck("One", "Two")
    made.slides[0].notes_slide.notes_text_frame.text = "Say hello.\nSmile."

    assert lines(made) == ["One", "Say hello.", "Smile.", "Two"]


def test_text_boxes_and_grouped_shapes_are_read():
    made = deck("Title")
    shapes = made.slides[0].shapes
    shapes.add_textbox(*BOX).text_frame.text = "In a box"
    group = shapes.add_group_shape()
    group.shapes.add_shape(MSO_SHAPE.RECTANGLE, *BOX).text_frame.text = "In a group"
    group.shapes.add_group_shape().shapes.add_textbox(*BOX).text_frame.text = "Deeper"

    assert lines(made) == ["Title", "In a box", "In a group", "Deeper"]


def test_cells_of_a_table_are_parted_by_tabs():
    made = deck("Table")
    table = made.slides[0].shapes.add_table(2, 3, *BOX).table
    table.cell(0, 0).text, table.cell(0, 2).text, table.cell(1, 1).text = "a", "c", "e"

    assert lines(made) == ["Table", "a\t\tc", "\te\t"]


def test_a_chart_has_its_title_its_series_and_its_values():
    made = deck("Chart")
    data = CategoryChartData()
    data.categories = ["North", "South"]
    data.add_series("Sales", (1.5, 0.1 + 0.2))
    chart = made.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "By region"

    text = read(saved(made), "a.pptx").text
    assert "By region\n" in text
    assert "Sales\tNorth\tSouth\t1.5\t0.30000000000000004" in text


def test_what_the_program_fills_in_is_left_out():
    made = deck("Title")
    number = made.slide_layouts[TITLE_ONLY].placeholders
    shape = made.slides[0].shapes.add_textbox(*BOX)
    shape.text_frame.text = "17"
    properties = shape._element.nvSpPr.find("{http://schemas.openxmlformats.org/presentationml/2006/main}nvPr")
    properties.insert(0, next(one for one in number if "sldNum" in str(one._element.xml))._element.nvSpPr.nvPr[0])

    assert lines(made) == ["Title"]


def test_comments_follow_their_slide_with_who_made_them():
    namespace = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    made = saved(deck("Title"))
    data = with_parts(
        made,
        {
            "ppt/slides/_rels/slide1.xml.rels": relationships(("c", "comments", "../comments/comment1.xml")),
            "ppt/comments/comment1.xml": f'<p:cmLst {namespace}><p:cm authorId="0"><p:text>Nice</p:text></p:cm>'
            '<p:cm authorId="9"><p:text>Who am I?</p:text></p:cm></p:cmLst>',
        },
    )

    assert read(data, "a.pptx").text.split("\n") == ["Title", "Nice", "Who am I?"]


def test_each_slide_is_a_step_forward():
    seen: list[Progress] = []

    read(saved(deck("One", "Two", "Three")), "a.pptx", report=seen.append)

    assert seen == [Progress("slide", 1, 3), Progress("slide", 2, 3), Progress("slide", 3, 3)]


def test_the_number_of_slides_is_counted():
    assert read(saved(deck("One", "Two")), "a.pptx").metadata.page_count == 2
