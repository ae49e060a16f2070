"""What kind of document it is: by its first bytes, then by its name."""

import re
from enum import StrEnum

from octavo_server.domain.file_types import TEXT_EXTENSIONS
from octavo_server.extractors.base import Document
from octavo_server.extractors.hypertext.prolog import HTML, root_of
from octavo_server.extractors.mime.recognition import START_BYTES, is_mail
from octavo_server.extractors.ole import MAGIC as OLE
from octavo_server.extractors.zip_names import zip_names


class Kind(StrEnum):
    """What the chain tells apart."""

    TEXT = "text"
    PDF = "pdf"
    OOXML = "ooxml"
    ODF = "odf"
    EPUB = "epub"
    LEGACY = "legacy"
    """RTF, and the office documents before 2007 with Outlook's mail."""
    MAIL = "mail"
    HTML = "html"
    FICTIONBOOK = "fictionbook"
    SVG = "svg"
    ARCHIVE = "archive"
    """With documents of other kinds inside; or one that is compressed."""
    OTHER = "other"


_BY_EXTENSION = {
    Kind.PDF: (".pdf",),
    Kind.OOXML: (".docx", ".docm", ".dotx", ".dotm", ".pptx", ".pptm", ".ppsx", ".potx", ".xlsx", ".xlsm", ".xltx"),
    Kind.ODF: (".odt", ".ods", ".odp", ".odg", ".ott", ".ots", ".otp"),
    Kind.EPUB: (".epub",),
    Kind.LEGACY: (".rtf", ".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".msg"),
    Kind.MAIL: (".eml",),
    Kind.HTML: (".html", ".htm", ".xhtml", ".xht"),
    Kind.FICTIONBOOK: (".fb2",),
    Kind.SVG: (".svg",),
    Kind.ARCHIVE: (".zip", ".jar", ".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz"),
    Kind.TEXT: tuple(TEXT_EXTENSIONS),
}
_EXTENSIONS = {extension: kind for kind, extensions in _BY_EXTENSION.items() for extension in extensions}
_MARKED = (
    # What is marked at its start is what it is, whatever its name.
    (b"%PDF-", Kind.PDF),
    (OLE, Kind.LEGACY),
    (b"{\\rtf", Kind.LEGACY),
    (b"\x1f\x8b", Kind.ARCHIVE),  # gzip
    (b"\xfd7zXZ\0", Kind.ARCHIVE),
)
_BZIP_2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_MAGIC = (257, b"ustar")
_PDF_WITHIN_BYTES = 1_024
"""PDF readers look for the header in the first 1,024 bytes (ISO 32000, implementation note 13)."""
_ROOTS = {HTML: Kind.HTML, b"svg": Kind.SVG, b"svg:svg": Kind.SVG, b"FictionBook": Kind.FICTIONBOOK}


def kind_of(document: Document) -> Kind:
    """The kind of a document. Only a hint: a wrong one ends in an extractor's refusal."""
    if document.is_made_here:
        return Kind.TEXT
    start = document.data[:START_BYTES]
    marked = next((kind for mark, kind in _MARKED if start.startswith(mark)), None)
    if marked:
        return marked
    if start.startswith(_ZIP_STARTS):
        return _in_zip(document, start)
    offset, magic = _TAR_MAGIC
    if start.startswith(magic, offset) or _BZIP_2.match(start):
        return Kind.ARCHIVE
    return _by_name(document.extension, start)


def _in_zip(document: Document, start: bytes) -> Kind:
    # The first member of an OpenDocument or a book is its media type, as it is (ODF 1.3 part 2, 3.3; EPUB 3.3, 4.2.3).
    told = start[30:130]
    if told.startswith(b"mimetypeapplication/epub+zip"):
        return Kind.EPUB
    if told.startswith(b"mimetypeapplication/vnd.oasis.opendocument"):
        return Kind.ODF
    names = zip_names(document.data)
    if b"[Content_Types].xml" in names:
        return Kind.OOXML
    if b"META-INF/container.xml" in names:
        return Kind.EPUB
    if b"META-INF/manifest.xml" in names and b"content.xml" in names:
        return Kind.ODF
    # Of archives with names of their own, such as .pages, Tika knows some.
    named = _EXTENSIONS.get(document.extension or ".zip", Kind.OTHER)
    return named if named in (Kind.OOXML, Kind.ODF, Kind.EPUB, Kind.ARCHIVE) else Kind.OTHER


def _by_name(extension: str, start: bytes) -> Kind:
    named = _EXTENSIONS.get(extension)
    if named is Kind.TEXT:
        return named
    if b"%PDF-" in start[:_PDF_WITHIN_BYTES]:
        return Kind.PDF
    root = _ROOTS.get(root_of(start))
    # A page may begin with a picture.
    if root and not (root is Kind.SVG and named is Kind.HTML):
        return root
    return Kind.MAIL if is_mail(start) else named or Kind.OTHER
