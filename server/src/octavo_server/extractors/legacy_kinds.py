"""Which of the kinds before 2007 a document is: by its content, never by its name."""

from octavo_server.extractors import biff
from octavo_server.extractors.base import CannotExtractError, Document
from octavo_server.extractors.ole import MAGIC, OleFile

RTF = "application/rtf"
WORD = "application/msword"
EXCEL = "application/vnd.ms-excel"
POWERPOINT = "application/vnd.ms-powerpoint"
OUTLOOK = "application/vnd.ms-outlook"

_RTF_START = b"{\\"
"""Some writers leave out the `rtf1` that has to follow."""
_BY_ENTRY = {
    "WordDocument": WORD,
    "Workbook": EXCEL,
    "Book": EXCEL,
    "PowerPoint Document": POWERPOINT,
    "__properties_version1.0": OUTLOOK,
}
"""[MS-DOC] 2.1.1, [MS-XLS] 2.1.2 and Excel 95, [MS-PPT] 2.1.2, [MS-OXMSG] 2.4: the stream without which it is none."""
_ENCRYPTED_PACKAGE = "EncryptedPackage"
"""[MS-OFFCRYPTO] 2.3.4.1: a document of Office 2007 or later, encrypted."""
_WORD_FLAGS = 11
_WORD_ENCRYPTED = 0x01
"""[MS-DOC] 2.5.2, FibBase.fEncrypted: bit 8 of the flags at offset 10."""
_POWERPOINT_ENCRYPTED = b"\x14\0\0\0\xdf\xc4\xd1\xf3"
"""[MS-PPT] 2.3.2, CurrentUserAtom: its size and the token that says the document is encrypted."""


def media_type_of(document: Document) -> str:
    """One of the above.

    Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED; DOCUMENT_TOO_LARGE.
    """
    data = document.data
    if data[:2] == _RTF_START:
        return RTF
    if data[:8] != MAGIC:
        raise CannotExtractError(
            "DOCUMENT_DAMAGED", "the document is damaged, or neither RTF nor of Office before 2007"
        )
    ole = OleFile(data)
    kind = next((kind for entry, kind in _BY_ENTRY.items() if entry in ole.entries), "")
    if _is_encrypted(document, ole, kind):
        raise CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
    if not kind:
        raise CannotExtractError("DOCUMENT_DAMAGED", "not a document of Word, Excel, PowerPoint or Outlook")
    if kind == EXCEL:
        biff.check(ole.read("Workbook") or ole.read("Book"))
    return kind


def _is_encrypted(document: Document, ole: OleFile, kind: str) -> bool:
    if kind == WORD:
        flags = ole.start("WordDocument", _WORD_FLAGS + 1)[_WORD_FLAGS:]
        return bool(flags) and bool(flags[0] & _WORD_ENCRYPTED)
    if kind == POWERPOINT:
        return document.data.find(_POWERPOINT_ENCRYPTED) >= 0
    return _ENCRYPTED_PACKAGE in ole.entries
