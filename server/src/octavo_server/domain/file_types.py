"""What a document's name and first bytes say about its type. Hints only: an extractor decides."""

TEXT_EXTENSIONS = frozenset(
    {".txt", ".text", ".md", ".markdown", ".rst", ".csv", ".tsv", ".json", ".log", ".tex", ".ini", ".toml", ".yaml"}
    | {".yml", ".c", ".cpp", ".cs", ".css", ".go", ".h", ".java", ".js", ".kt", ".php", ".pl", ".py", ".r", ".rb"}
    | {".rs", ".scala", ".sh", ".sql", ".swift", ".ts", ".jsonl", ".xml", ".vtt", ".srt", ".org"}
)
"""Files that are text as they are; `text_bytes_max` holds for them.

XML too: which of its elements are prose, nobody knows."""

DOCUMENT_EXTENSIONS = frozenset(
    {".pdf", ".docx", ".pptx", ".xlsx", ".doc", ".ppt", ".xls", ".docm", ".pptm", ".xlsm", ".dotx", ".dotm", ".ppsx"}
    | {".potx", ".xltx", ".dot", ".pps", ".xlt", ".odt", ".odp", ".ods", ".odg", ".ott", ".otp", ".ots", ".rtf"}
    | {".eml", ".msg", ".html", ".htm", ".xhtml", ".xht", ".epub", ".fb2", ".svg", ".p7m"}
    | {".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz"}
)
"""Other files that have text; `document_bytes_max` holds for them."""

_SIGNATURES = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"\xd0\xcf\x11\xe0", ".doc"),
)
_ZIP_PARTS = (
    (b"word/", ".docx"),
    (b"ppt/", ".pptx"),
    (b"xl/", ".xlsx"),
    (b"application/epub+zip", ".epub"),
    (b"opendocument.text", ".odt"),
    (b"opendocument.spreadsheet", ".ods"),
    (b"opendocument.presentation", ".odp"),
)
_TEXT_START_BYTES = 1_024
"""Text has no NUL byte; binary data has one soon."""


def guess_extension(content: bytes) -> str:
    """An extension for a document that came without a name, from what it looks like; empty if it looks like nothing."""
    for signature, extension in _SIGNATURES:
        if content.startswith(signature):
            return extension
    if content.startswith(b"PK\x03\x04"):
        return next((extension for part, extension in _ZIP_PARTS if part in content), ".zip")
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return ".html"
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return ".txt" if is_utf_16 or b"\0" not in content[:_TEXT_START_BYTES] else ""
