"""Small makers of documents of many types, good and bad."""

import io
import random
import zipfile
from collections.abc import Sequence

import docx
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PANGRAM = "The quick brown fox jumps over the lazy dog."


def text(sentences: int = 3) -> bytes:
    """A text with a sentence a line."""
    return "".join(f"This is sentence number {index}.\n" for index in range(1, sentences + 1)).encode()


def pdf(pages: Sequence[str] = (PANGRAM,), *, title: str = "", author: str = "") -> bytes:
    """A PDF with one line of text a page."""
    return _pdf(pages, None, title=title, author=author)


def lines_pdf(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for index, line in enumerate(lines):
        canvas.drawString(72, 720 - 14 * index, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def encrypted_pdf(password: str = "secret") -> bytes:
    """A PDF that nobody can open without the password."""
    return _pdf([PANGRAM], StandardEncryption(password, canPrint=0))


def image_only_pdf(pages: int = 1) -> bytes:
    """A PDF whose pages are one image each, as scanned ones are, and no text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    scan = ImageReader(Image.linear_gradient("L"))
    for _ in range(pages):
        canvas.drawImage(scan, 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def drawn_pdf() -> bytes:
    """A PDF of a page with a drawing, and a blank one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def garbage_pdf(size_bytes: int = 20_000) -> bytes:
    """Random bytes behind a PDF's first line."""
    return b"%PDF-1.7\n" + random.Random(1).randbytes(size_bytes)


def truncated_pdf(pages: int = 20) -> bytes:
    """The first quarter of a PDF."""
    whole = pdf([PANGRAM] * pages)
    return whole[: len(whole) // 4]


def word(paragraphs: Sequence[str] = (PANGRAM,)) -> bytes:
    """A .docx with these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def truncated_word() -> bytes:
    """The start of a .docx, cut before any of its text."""
    whole = word()
    return whole[: len(whole) // 20]


def html(body: str = f"<p>{PANGRAM}</p>") -> bytes:
    """A web page."""
    return f"<!DOCTYPE html><html><head><title>A page</title></head><body>{body}</body></html>".encode()


def mail(body: str = PANGRAM) -> bytes:
    """An .eml message."""
    return f"From: a@example.org\nTo: b@example.org\nSubject: Hello\nMIME-Version: 1.0\n\n{body}\n".encode()


def archive(members: dict[str, bytes]) -> bytes:
    """A .zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return buffer.getvalue()


def binary(size_bytes: int = 4_096) -> bytes:
    """Random bytes that are no document of any type."""
    return random.Random(2).randbytes(size_bytes)


def glyph_bomb_pdf(glyphs: int = 40_000_000) -> bytes:
    """A small PDF whose one page has so many letters that they take gigabytes of memory."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True, pageCompression=1)
    canvas.setFont("Helvetica", 1)
    canvas._code.append("BT /F1 1 Tf 10 700 Td")
    canvas._code.append("(Hello world. ) Tj " * (glyphs // 13))
    canvas._code.append("ET")
    canvas.save()
    return buffer.getvalue()


def _pdf(pages: Sequence[str], encryption: StandardEncryption | None, *, title: str = "", author: str = "") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True, encrypt=encryption)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def padded_pdf(line: str, padding_bytes: int) -> bytes:
    """A PDF of one page with one line, and an unused stream of so many bytes."""
    content = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%b\nendstream" % (padding_bytes, bytes(padding_bytes)),
    )
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(bodies) + 1, table)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return bytes(out)
