"""Small documents that mean harm, or are broken: each within a few hundred kilobytes, some of gigabytes unpacked.

Never open one outside a process with limits.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from tests import documents

MB = 1_000_000
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_ROOT = (
    f'<?xml version="1.0"?><Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
)
_HEAD, _TAIL = f'<w:document xmlns:w="{_WORD}"><w:body>', "</w:body></w:document>"
_PARAGRAPH = "<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def billion_laughs() -> str:
    """A document type in which the entity `l9` is 3 GB of "lol"."""
    doubled = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{doubled}]>'


def external_entity(secret: Path) -> str:
    """A document type in which the entity `x` is what a file on the server holds."""
    return f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'


def word(body: Iterable[str], *, document_type: str = "") -> bytes:
    """A .docx with these pieces of XML as its body, packed as tightly as possible."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _ROOT)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for piece in ('<?xml version="1.0"?>', document_type, _HEAD, *body, _TAIL):
                part.write(piece.encode())
    return buffer.getvalue()


def word_with(text: str, *, document_type: str = "") -> bytes:
    """A .docx of one paragraph; `text` is XML."""
    return word([_PARAGRAPH % text], document_type=document_type)


def xml_with(text: str, *, document_type: str = "") -> bytes:
    """An .xml of one element; `text` is XML."""
    return f'<?xml version="1.0"?>{document_type}<a>{text}</a>'.encode()


def bomb_word(megabytes: int) -> bytes:
    """A .docx with one word of so many megabytes."""
    return word(["<w:p><w:r><w:t>", *(["a" * MB] * megabytes), "</w:t></w:r></w:p>"])


def paragraph_bomb_word(paragraphs: int) -> bytes:
    """A .docx with so many short paragraphs: all of it is text."""
    thousand = (_PARAGRAPH % "Spam and eggs.") * 1_000
    return word([thousand] * (paragraphs // 1_000))


def deep_word(tables: int = 3_000) -> bytes:
    """A .docx with tables in tables."""
    return word(["<w:tbl><w:tr><w:tc>" * tables, _PARAGRAPH % "At the bottom.", "</w:tc></w:tr></w:tbl>" * tables])


def deep_html(elements: int = 100_000) -> bytes:
    """A web page with elements in elements."""
    return documents.html("<div>" * elements + "At the bottom." + "</div>" * elements)


def truncated_word() -> bytes:
    """Half of a .docx."""
    whole = documents.word(["A paragraph. " * 20] * 50)
    return whole[: len(whole) // 2]


def nested_archive(levels: int = 60) -> bytes:
    """A .zip in a .zip in a .zip."""
    data = documents.archive({"innermost.txt": b"At the bottom."})
    for _ in range(levels):
        data = documents.archive({"inner.zip": data})
    return data


def bomb_pdf(megabytes: int) -> bytes:
    """A PDF of one page, whose content has so many megabytes of spaces."""
    packer = zlib.compressobj(9)
    content = packer.compress(b"BT /F1 12 Tf 10 700 Td (Hello) Tj ET\n")
    for _ in range(megabytes):
        content += packer.compress(b" " * MB)
    return _one_page_pdf(content + packer.flush(), b"/Filter/FlateDecode")


def recursive_pdf() -> bytes:
    """A PDF whose page draws a form that draws itself, twice."""
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 11>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    return _pdf(
        [
            *(_CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, _stream(b"/X Do")),
            form + b"stream\n/X Do /X Do\nendstream",
        ]
    )


def page_loop_pdf() -> bytes:
    """A PDF whose tree of pages holds itself."""
    return _pdf(
        [
            *(_CATALOG, b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"),
            b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
        ]
    )


def deep_array_pdf(arrays: int = 100_000) -> bytes:
    """A PDF with arrays in arrays."""
    deep = b"<</Type/Catalog/Pages 2 0 R/Q " + b"[" * arrays + b"]" * arrays + b">>"
    return _pdf([deep, b"<</Type/Pages/Kids[]/Count 0>>"])


def _one_page_pdf(content: bytes, entries: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    return _pdf([_CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, _stream(content, entries), _FONT])


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), entries, content)


def _pdf(bodies: Iterable[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), len(offsets) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return bytes(out)
