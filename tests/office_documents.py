"""Small makers of office documents that libraries can't write, and a reader of any."""

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import Protocol

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import Document, Extracted, Extractor, Report
from octavo_server.extractors.office_open_xml import OfficeOpenXml
from octavo_server.extractors.open_document import OpenDocument

CHARS_MAX = 1_000_000
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = {
    "word": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xl": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "ppt": ("ppt/presentation.xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
}
_WORD_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    f'xmlns:r="{_OFFICE}"'
)
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_NAMESPACES = (
    " ".join(
        f'xmlns:{name}="{_OASIS}{name}:1.0"'
        for name in ("office", "text", "table", "presentation", "style", "meta", "manifest")
    )
    + f' xmlns:draw="{_OASIS}drawing:1.0" xmlns:svg="{_OASIS}svg-compatible:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


class Savable(Protocol):
    """What python-docx, python-pptx and openpyxl make."""

    def save(self, stream: io.BytesIO) -> object: ...


def saved(document: Savable) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def archive(parts: Mapping[str, str | bytes | Iterable[bytes]]) -> bytes:
    """A zip of these parts; one that is many pieces may be of any size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            if isinstance(part, str | bytes):
                made.writestr(name, part)
                continue
            with made.open(name, "w") as stream:
                for piece in part:
                    stream.write(piece)
    return buffer.getvalue()


def with_parts(document: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """The same archive with parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(document)) as given:
        return archive({**{name: given.read(name) for name in given.namelist()}, **parts})


def relationships(*pointers: tuple[str, str, str]) -> str:
    """A part of relationships: identity, type and target of each."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="{identity}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for identity, kind, target in pointers
        )
        + "</Relationships>"
    )


def word_part(inner: str | Iterable[bytes], root: str = "w:document") -> str | Iterable[bytes]:
    """A part of a word document, its namespaces declared."""
    start, end = f"<{root} {_WORD_NAMESPACES}>", f"</{root}>"
    return f"{start}{inner}{end}" if isinstance(inner, str) else (start.encode(), *inner, end.encode())


def office(
    folder: str,
    main: str | Iterable[bytes],
    *pointers: tuple[str, str, str],
    parts: Mapping[str, str | bytes | Iterable[bytes]] | None = None,
) -> bytes:
    """An Office Open XML document: `folder` is word, xl or ppt; `pointers` are the main part's."""
    name, content_type = _MAIN[folder]
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
    )
    base = name.rpartition("/")[2]
    return archive(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relationships(("rId1", "officeDocument", name)),
            name: main,
            f"{folder}/_rels/{base}.rels": relationships(*pointers),
            **(parts or {}),
        }
    )


def word(body: str, *pointers: tuple[str, str, str], **parts: str) -> bytes:
    """A .docx with `body` as XML; `parts` are the inner XML of w:PART, in word/PART.xml, with a pointer to each."""
    return office(
        "word",
        word_part(f"<w:body>{body}</w:body>"),
        *pointers,
        *((name, name, f"{name}.xml") for name in parts),
        parts={f"word/{name}.xml": word_part(inner, f"w:{name}") for name, inner in parts.items()},
    )


def paragraph(text: str, inner: str = "") -> str:
    """One of a word document."""
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r>{inner}</w:p>'


def workbook(rows: str, *, properties: str = "", strings: str = "", styles: str = "") -> bytes:
    """An .xlsx with one sheet named Sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return office(
        "xl",
        f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><workbookPr {properties}/>'
        '<sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "sharedStrings.xml"),
        ("rId3", "styles", "styles.xml"),
        parts={
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        },
    )


def open_document(kind: str, body: str, *, styles: str = "", meta: str = "", manifest: str = "") -> bytes:
    """An OpenDocument: `kind` is text, spreadsheet or presentation; all else is XML."""
    content = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_ODF_NAMESPACES}>{content}</office:document-content>",
            "styles.xml": f"<office:document-styles {_ODF_NAMESPACES}>{styles}</office:document-styles>",
            "meta.xml": f"<office:document-meta {_ODF_NAMESPACES}>{meta}</office:document-meta>",
            "META-INF/manifest.xml": f"<manifest:manifest {_ODF_NAMESPACES}>{manifest}</manifest:manifest>",
        }
    )


def encrypted_package() -> bytes:
    """What an office program writes with a password: an OLE file with a stream of that name."""
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return magic + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)


def crowded(entries: int) -> bytes:
    """A zip whose end promises a list of so many parts, each with a short name."""
    return b"PK\x03\x04" + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, entries * 50, 4, 0)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


def read(data: bytes, name: str = "a.docx", *, chars_max: int = CHARS_MAX, report: Report = ignore) -> Extracted:
    """By the extractor of its kind."""
    extractor: Extractor = OpenDocument() if name.endswith((".odt", ".ods", ".odp")) else OfficeOpenXml()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return extractor.extract(Document(descriptor=file.fileno(), name=name), chars_max=chars_max, report=report)


def claiming(data: bytes, name: str, size_bytes: int) -> bytes:
    """The same archive, whose list of parts says that one unpacks to so much (APPNOTE.TXT 4.3.12)."""
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        at = given.start_dir
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.index(b"PK\x01\x02", at + 1)
    return data[: at + 24] + struct.pack("<I", size_bytes) + data[at + 28 :]
