"""Writes the documents of the demo: one little story as .txt, .pdf, .docx and .html, in our own words."""

from pathlib import Path

import docx
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

TITLE = "The lighthouse ledger"
PARAGRAPHS = (
    "Mrs. Ingeborg kept the ledger at the foot of the stairs.\nEvery ship that passed was one line in it, in ink.",
    "In March a line was missing.\nNobody had slept, and nobody had seen a ship.\nThe lamp had burned 3.5 litres.",
    "She climbed all 212 steps and counted the wicks. There were nine. There had always been eight!",
    "The ninth was still warm.",
)
PDF_PAGES = 40
LINES_A_PAGE = 18
MARGIN_POINTS = 40
LEADING_POINTS = 16


def write_samples(folder: Path) -> list[Path]:
    """The paths of the four documents, the smallest first."""
    return [_txt(folder), _html(folder), _docx(folder), _pdf(folder)]


def _txt(folder: Path) -> Path:
    path = folder / "ledger.txt"
    path.write_text(f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS) + "\n", encoding="utf-8")
    return path


def _html(folder: Path) -> Path:
    path = folder / "ledger.html"
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in PARAGRAPHS)
    path.write_text(
        f"<!doctype html><html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>\n{body}</body></html>",
        encoding="utf-8",
    )
    return path


def _docx(folder: Path) -> Path:
    path = folder / "ledger.docx"
    document = docx.Document()
    document.add_heading(TITLE)
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Wicks counted", "9"
    document.save(str(path))
    return path


def _pdf(folder: Path) -> Path:
    path = folder / "ledger.pdf"
    canvas = Canvas(str(path), pagesize=A5)
    lines = [line for paragraph in PARAGRAPHS for line in paragraph.split("\n")]
    for page in range(1, PDF_PAGES + 1):
        text = canvas.beginText(MARGIN_POINTS, A5[1] - MARGIN_POINTS)
        text.setLeading(LEADING_POINTS)
        text.textLine(f"{TITLE}, page {page} of {PDF_PAGES}.")
        for row in range(LINES_A_PAGE):
            text.textLine(lines[(page + row) % len(lines)])
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path
