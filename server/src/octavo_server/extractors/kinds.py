"""What kind of document it is: by its first bytes, then by its name."""

from enum import StrEnum

from octavo_server.domain.file_types import TEXT_EXTENSIONS
from octavo_server.extractors.base import Document

_START_BYTES = 1024
"""PDF readers look for the header in the first 1,024 bytes (ISO 32000, implementation note 13)."""
_TAR_MAGIC = (257, b"ustar")
_BINARY_MAGIC = (
    b"PK\x03\x04",  # zip: office documents, OpenDocument, epub
    b"PK\x05\x06",  # zip, empty
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # OLE: the office documents before 2007, msg
    b"\x1f\x8b",  # gzip
    b"{\\rtf",
)
_TEXT_MEDIA_TYPES = ("text/plain", "application/json")


class Kind(StrEnum):
    """What the chain tells apart."""

    TEXT = "text"
    PDF = "pdf"
    OTHER = "other"


def kind_of(document: Document) -> Kind:
    """The kind of a document. Only a hint: a wrong one ends in an extractor's refusal."""
    if document.media_type.startswith(_TEXT_MEDIA_TYPES):
        return Kind.TEXT
    start = document.data[:_START_BYTES]
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    offset, magic = _TAR_MAGIC
    if start.startswith(_BINARY_MAGIC) or start.startswith(magic, offset):
        return Kind.OTHER
    return _by_name(document.extension, start)


def _by_name(extension: str, start: bytes) -> Kind:
    if extension == ".pdf":
        return Kind.PDF
    if b"%PDF-" in start and extension not in TEXT_EXTENSIONS:
        return Kind.PDF
    return Kind.TEXT if extension in TEXT_EXTENSIONS else Kind.OTHER
