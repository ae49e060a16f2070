"""Small, whole documents of every format, to be damaged."""

import io
from collections.abc import Mapping
from itertools import islice

import openpyxl
import pptx

from tests import documents, hostile_documents, mail_documents, office_documents, ole_documents, word_95

_LINES = [f"Line {number}. {documents.PANGRAM}" for number in range(8)]
_ODF = "application/vnd.oasis.opendocument.text"
_EPUB = "application/epub+zip"
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"


def originals() -> Mapping[str, bytes]:
    """Documents by name."""
    return {
        "text.txt": "\n".join([*_LINES, "Zażółć gęślą jaźń. Привет мир. 日本語の文章です。"]).encode(),
        "utf-16.txt": "\n".join(_LINES).encode("utf-16"),
        "cyrillic.txt": ("Привет мир, это проверка кодировки текста. " * 5).encode("cp1251"),
        "pages.pdf": documents.pdf(_LINES[:3]),
        "plain.pdf": documents.padded_pdf("A line of text.", 100),
        "letter.docx": documents.word(_LINES),
        "tables.docx": hostile_documents.deep_word(tables=5),
        "slides.pptx": _slides(),
        "sheets.xlsx": _sheets(),
        "letter.odt": _open_document(),
        "letter.rtf": _rich_text(),
        "book.epub": _book(),
        "page.html": documents.html("".join(f"<h2>{line}</h2><p title='x'>&amp;{line}<br></p>" for line in _LINES)),
        "page.xhtml": b'<?xml version="1.0"?>' + documents.html("<p>One.</p><table><tr><td>1</td></tr></table>"),
        "book.fb2": _fiction(),
        "data.xml": hostile_documents.xml_with("one <b>two</b> &lt;three&gt;"),
        "mail.eml": _mail(),
        "files.zip": documents.archive({"a.txt": documents.text(), "b.docx": documents.word(_LINES[:1])}),
        "noise.doc": _OLE_START + documents.binary(3_000),
        **_rich_office_documents(),
        **_old_office_documents(),
        "nested.eml": mail_documents.nested(levels=5),
        "picture.svg": _picture(),
    }


def _rich_office_documents() -> Mapping[str, bytes]:
    paragraphs = "".join(map(office_documents.paragraph, _LINES[:3]))
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>1.5</v></c><c r="D1" t="b"><v>1</v></c></row>'
    table = (
        "<table:table><table:table-row><table:table-cell><text:p>A cell.</text:p></table:table-cell></table:table-row>"
    )
    return {
        "notes.docx": office_documents.word(paragraphs, header1=paragraphs, footnotes=paragraphs, comments=paragraphs),
        "shared.xlsx": office_documents.workbook(cells, strings="<si><t>Shared.</t></si>"),
        "list.odt": office_documents.open_document("text", "<text:list><text:p>An item.</text:p></text:list>"),
        "table.ods": office_documents.open_document("spreadsheet", f"{table}</table:table>"),
        "page.odp": office_documents.open_document("presentation", "<draw:page><text:p>A page.</text:p></draw:page>"),
    }


def _old_office_documents() -> Mapping[str, bytes]:
    return {
        "old.doc": ole_documents.word(),
        "older.doc": word_95.word_95(_LINES[:2]),
        "old.xls": ole_documents.excel([["A cell.", "Another."], ["1", "2"]]),
        "old.ppt": ole_documents.powerpoint(_LINES[:2]),
        "old.msg": ole_documents.outlook("A subject", _LINES[0]),
    }


def _picture() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><title>T</title><text>A <tspan>line</tspan>.</text></svg>'


def _slides() -> bytes:
    deck = pptx.Presentation()
    for line in islice(_LINES, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = line
        slide.placeholders[1].text = line
        slide.notes_slide.notes_text_frame.text = line
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _sheets() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for number, line in enumerate(_LINES):
        sheet.append([number, line, number / 3, number % 2 == 0, f"=A{number + 1}*2"])
    book.create_sheet("Second").append(["On the second sheet."])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open_document() -> bytes:
    office, text = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text"))
    body = "".join(f"<text:p>{line}<text:s/><text:tab/></text:p>" for line in _LINES)
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}" xmlns:text="{text}">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    listing = (
        f'<manifest:manifest xmlns:manifest="{manifest}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODF}"/></manifest:manifest>'
    )
    members = {"mimetype": _ODF, "content.xml": content, "META-INF/manifest.xml": listing}
    return documents.archive({name: data.encode() for name, data in members.items()})


def _rich_text() -> bytes:
    lines = "".join(f"{{\\b {line}}}\\par\\u380? \\'e9\n" for line in _LINES)
    return f"{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0 Arial;}}}}{{\\info{{\\title T}}}}{lines}}}".encode()


def _book() -> bytes:
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></metadata><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body>' + "".join(f"<p>{x}</p>" for x in _LINES) + "</body></html>"
    )
    members = {"mimetype": _EPUB, "META-INF/container.xml": container, "b.opf": package, "a.xhtml": page}
    return documents.archive({name: data.encode() for name, data in members.items()})


def _fiction() -> bytes:
    body = "".join(f"<section><p>{line}</p></section>" for line in _LINES)
    return f'<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><body>{body}</body></FictionBook>'.encode()


def _mail() -> bytes:
    parts = "".join(
        f"--b\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}\n"
        for kind, encoding, body in (
            ("plain", "quoted-printable", "One=20line=\n goes on. =C3=A9"),
            ("html", "base64", "PHA+QSBwYXJhZ3JhcGguPC9wPg=="),
        )
    )
    head = "From: a@example.org\nTo: =?utf-8?B?w6k=?= <b@example.org>\nSubject: =?utf-8?Q?=C3=A9?=\nMIME-Version: 1.0\n"
    return f'{head}Content-Type: multipart/mixed; boundary="b"\n\n{parts}--b--\n'.encode()
