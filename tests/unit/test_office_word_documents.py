"""What is read from word documents."""

import io

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Pt
from PIL import Image

from octavo_server.extractors.base import Document, RefusalError
from octavo_server.extractors.chain import read_member
from octavo_server.extractors.office_open_xml import OfficeOpenXml
from tests.office_documents import ignore, office, paragraph, read, relationships, saved, with_parts, word, word_part


def lines(data: bytes) -> list[str]:
    return read(data, "a.docx").text.split("\n")


def test_paragraphs_are_lines():
    document = docx.Document()
    document.add_heading("A title", 0)
    document.add_paragraph("First.")
    document.add_paragraph("Second.").add_run(" It goes on.").font.size = Pt(20)

    assert lines(saved(document)) == ["A title", "First.", "Second. It goes on."]


def test_cells_are_parted_by_tabs_and_empty_ones_keep_their_place():
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).text, table.cell(0, 2).text = "a", "c"
    table.cell(1, 0).text = "d"
    document.add_paragraph("After.")

    assert lines(saved(document)) == ["a\t\tc", "d\t\t", "After."]


def test_a_table_in_a_table_is_read():
    document = docx.Document()
    outer = document.add_table(rows=1, cols=2)
    inner = outer.cell(0, 0).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
    outer.cell(0, 1).text = "out"

    assert read(saved(document)).text.split() == ["in", "side", "out"]


def test_headers_come_first_and_footers_last_each_text_once():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "The header"
    document.sections[0].footer.paragraphs[0].text = "The footer"
    document.add_paragraph("The body.")
    section = document.add_section()
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = "The header"

    assert [line for line in lines(saved(document)) if line] == ["The header", "The body.", "The footer"]


def test_the_text_of_a_link_is_read_and_its_address_is_not():
    document = docx.Document()
    document.part.relate_to("https://example.org/hidden", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    document.add_paragraph("See ").add_run("there")

    assert lines(saved(document)) == ["See there"]


def test_a_comment_follows_its_paragraph_with_who_made_it():
    document = docx.Document()
    run = document.add_paragraph("A claim.").add_run(" Or not.")
    document.add_comment(runs=run, text="Why?", author="Ann")
    document.add_paragraph("More.")

    assert lines(saved(document)) == ["A claim. Or not.", "Ann: Why?", "More."]


def test_notes_follow_the_paragraph_that_refers_to_them():
    body = paragraph(
        "One.", '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="3"/></w:r>'
    ) + paragraph("Two.")
    data = word(
        body,
        footnotes=f'<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph("At the foot.")}</w:footnote>',
        endnotes=f'<w:endnote w:id="3">{paragraph("At the end.")}</w:endnote>',
    )

    assert lines(data) == ["One.", "At the foot.", "At the end.", "Two."]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_comment_on_a_note_follows_it(kind: str):
    noted = paragraph("At the foot.", '<w:r><w:commentReference w:id="7"/></w:r>')
    data = word(
        paragraph("One.", f'<w:r><w:{kind}Reference w:id="2"/></w:r>') + paragraph("Two."),
        **{f"{kind}s": f'<w:{kind} w:id="2">{noted}</w:{kind}>'},
        comments=f'<w:comment w:id="7" w:author="Ann">{paragraph("Why?")}</w:comment>',
    )

    assert lines(data) == ["One.", "At the foot.", "Ann: Why?", "Two."]


def test_notes_that_nothing_refers_to_follow_the_body():
    data = word(
        paragraph("One."),
        footnotes=f'<w:footnote w:id="2">{paragraph("Foot.")}</w:footnote>',
        comments=f'<w:comment w:id="7">{paragraph("Why?")}</w:comment>',
        footer=paragraph("Below."),
    )

    assert lines(data) == ["One.", "Why?", "Foot.", "Below."]


def test_a_header_refers_to_notes_and_to_charts_of_its_own():
    title = "<c:title><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:title>"
    body = paragraph("Body.", '<w:r><c:chart r:id="c"/></w:r>')
    header = paragraph("Above.", '<w:r><c:chart r:id="c"/><w:commentReference w:id="7"/></w:r>')
    data = office(
        "word",
        word_part(body),
        ("c", "chart", "one.xml"),
        ("h", "header", "header1.xml"),
        ("n", "comments", "comments.xml"),
        parts={
            "word/one.xml": word_part(title.format("First"), "c:chartSpace"),
            "word/two.xml": word_part(title.format("Second"), "c:chartSpace"),
            "word/header1.xml": word_part(header, "w:hdr"),
            "word/_rels/header1.xml.rels": relationships(("c", "chart", "two.xml")),
            "word/comments.xml": word_part(f'<w:comment w:id="7">{paragraph("Why?")}</w:comment>', "w:comments"),
        },
    )

    assert lines(data) == ["Above.", "Second", "Why?", "Body.", "First"]


FOREIGN = word(
    paragraph("Before.") + '<w:altChunk r:id="x"/><w:altChunk r:id="x"/>' + paragraph("After."),
    ("x", "aFChunk", "chunk.html"),
)


def test_a_part_of_another_format_is_read_once_where_it_stands():
    data = with_parts(FOREIGN, {"word/chunk.html": "<html><p>In <b>between</b>.</p></html>"})

    extracted = OfficeOpenXml(read_member=read_member).extract(
        Document(content=data, name="a.docx"), chars_max=1_000, report=ignore
    )

    assert (extracted.text.split("\n"), extracted.warnings) == (["Before.", "In between.", "After."], ())


@pytest.mark.parametrize(
    ("reader", "content"), [(None, b"<html><p>In between.</p></html>"), (read_member, bytes(range(256)))]
)
def test_a_part_of_a_format_that_is_not_read_is_told(reader, content: bytes):
    pointer = relationships(("x", "aFChunk", "chunk.odd"))
    data = with_parts(FOREIGN, {"word/chunk.odd": content, "word/_rels/document.xml.rels": pointer})

    extracted = OfficeOpenXml(read_member=reader).extract(
        Document(content=data, name="a.docx"), chars_max=1_000, report=ignore
    )

    assert extracted.text == "Before.\nAfter."
    assert extracted.warnings == ("its part word/chunk.odd is of another format and was left out",)


def test_a_part_of_another_format_with_too_much_text_is_refused():
    data = with_parts(FOREIGN, {"word/chunk.html": f"<html><p>{'long ' * 1000}</p></html>"})

    with pytest.raises(RefusalError) as caught:
        OfficeOpenXml(read_member=read_member).extract(
            Document(content=data, name="a.docx"), chars_max=1_000, report=ignore
        )

    assert caught.value.reason == "OUTPUT_TOO_LARGE"


def test_a_note_is_written_once_however_often_it_is_referred_to():
    body = paragraph("One.", '<w:r><w:footnoteReference w:id="2"/></w:r>' * 100)

    assert lines(word(body, footnotes=f'<w:footnote w:id="2">{paragraph("Foot.")}</w:footnote>')) == ["One.", "Foot."]


def test_a_text_box_follows_its_paragraph_and_is_read_once():
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"

    data = word(paragraph("Before,", f"<w:r>{both}</w:r><w:r><w:t> after.</w:t></w:r>"))

    assert lines(data) == ["Before, after.", "In the box."]


def test_the_fallback_is_read_where_the_first_choice_has_no_text():
    box = f"<w:txbxContent>{paragraph('Old.')}</w:txbxContent>"
    data = word(
        f"<w:p><w:r><mc:AlternateContent><mc:Choice/><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )

    assert "Old." in read(data).text


def test_what_was_deleted_or_moved_away_is_left_out():
    data = word(
        "<w:p><w:ins><w:r><w:t>New</w:t></w:r></w:ins><w:del><w:r><w:delText>Old</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>Moved</w:t></w:r></w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )

    assert lines(data) == ["New"]


def test_tabs_and_breaks_are_kept_and_tab_stops_are_not():
    data = word(
        '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>'
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    )

    assert lines(data) == ["a\tb", "c-d"]


def test_lists_are_numbered_as_they_are_shown():
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        '<w:abstractNum w:abstractNumId="7">'
        + level.format(0, "decimal", "%1.")
        + level.format(1, "lowerLetter", "%1.%2)")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )

    def item(text: str, level: int, number: int = 1) -> str:
        properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"

    body = item("one", 0) + item("deep", 1) + item("deeper", 1) + item("two", 0) + item("new", 1) + item("five", 0, 2)

    assert lines(word(body, numbering=numbering)) == [
        "1. one", "1.a) deep", "1.b) deeper", "2. two", "2.a) new", "5. five",
    ]  # fmt: skip


def test_a_style_numbers_its_headings():
    document = docx.Document()
    document.add_paragraph("One", style="List Number")
    document.add_paragraph("Two", style="List Number")
    document.add_paragraph("Dot", style="List Bullet")

    assert lines(saved(document)) == ["1. One", "2. Two", "\u2022 Dot"]


def test_a_ring_of_styles_ends():
    styles = (
        '<w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    )
    data = word('<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>', numbering="", styles=styles)

    assert lines(data) == ["x"]


def test_formulas_are_written_in_one_line():
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    squared = f"<m:sSup><m:e>{run('r')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{run('a+b')}</m:num><m:den>{run('c')}</m:den></m:f>"
    data = word(f"<w:p><m:oMath>{run('A=π')}{squared}{run('+')}{fraction}</m:oMath></w:p>")

    assert lines(data) == ["A=πr^2+(a+b)/c"]


def test_a_picture_is_described_by_its_alternative_text():
    image = io.BytesIO()
    Image.new("RGB", (1, 1)).save(image, "PNG")
    document = docx.Document()
    document.add_picture(io.BytesIO(image.getvalue()))
    shape = document.inline_shapes[0]._inline.docPr
    shape.set("descr", "A black square")

    assert lines(saved(document))[-1] == "A black square"


def test_the_titles_of_charts_and_the_text_of_diagrams_are_read():
    chart = "<w:p><w:r><w:drawing><c:chart r:id='c1'/><dgm:relIds r:dm='d1'/></w:drawing></w:r></w:p>"
    text = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    data = office(
        "word",
        word_part(f"<w:body>{paragraph('Look:')}{chart}</w:body>"),
        ("c1", "chart", "charts/chart1.xml"),
        ("d1", "diagramData", "diagrams/data1.xml"),
        parts={
            "word/charts/chart1.xml": word_part(text.format("Sales"), "c:chartSpace"),
            "word/diagrams/data1.xml": word_part(text.format("Step one"), "dgm:dataModel"),
        },
    )

    assert [line for line in lines(data) if line] == ["Look:", "Sales", "Step one"]


def test_other_prefixes_and_the_strict_namespaces_mean_the_same():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = "<n:p><n:r><n:t>Strict</n:t><n:tab/><n:t>text</n:t></n:r></n:p>"
    data = office("word", f'<n:document xmlns:n="{strict}"><n:body>{body}</n:body></n:document>')

    assert lines(data) == ["Strict\ttext"]


def test_the_main_part_may_have_any_name():
    document = docx.Document()
    document.add_paragraph("Elsewhere.")
    data = with_parts(saved(document), {})
    moved = with_parts(
        data,
        {
            "_rels/.rels": relationships(("r", "officeDocument", "/word/Body2.XML")),
            "word/body2.xml": word_part(f"<w:body>{paragraph('Here.')}</w:body>"),
        },
    )

    assert lines(moved) == ["Here."]
