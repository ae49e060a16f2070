"""Text as it is."""

import codecs
import mmap

from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors import charsets
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report

CHUNK_BYTES = 4 * 1024 * 1024
"""Decoded in one step: 10 ms or less."""
_UNREADABLE_SHARE_MAX = 0.01
"""Binary data decodes as something, too; text has next to no control characters, and loses next to none."""
_LOST = "\ufffd"
_BINARY = "the document is binary data, not text"
_CONTROLS = frozenset((*range(0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))) - frozenset(
    b"\t\n\r\f\v\x1b\x08\x1a\x1c\x1d\x1e\x1f"
)
_WITHOUT_CONTROLS = dict.fromkeys(_CONTROLS)


class NotValidError(Exception):
    """The byte at `start` is not valid in this encoding."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class Plain:
    """Decodes text by its byte order mark, else as UTF-16 or UTF-32 if its NUL bytes stand so, else as UTF-8.

    What is none of these is read as what a detector takes it for. A warning names every encoding that was not told.
    A byte order mark stays as U+FEFF: what is cited from the text must be found in the file.
    """

    name = "plain"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError (DOCUMENT_DAMAGED) for binary data."""
        data = document.data
        if document.is_made_here:
            return Extracted(text=_read(data, "utf-8", chars_max, report)[0])
        text, encoding, warnings = _decode(data, chars_max, report)
        if _is_binary(text):
            raise CannotExtractError("DOCUMENT_DAMAGED", _BINARY)
        metadata = DocumentMetadata(media_type="text/plain", more={"charset": encoding})
        return Extracted(text=text, warnings=warnings, metadata=metadata)

    def warm_up(self) -> None:
        """Load the detector."""
        charsets.by_guess(b"\xe9", 0)


def with_unix_newlines(text: str) -> str:
    r"""The text with every \r\n and \r made \n: one newline a line, whatever the system that wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: mmap.mmap | bytes, chars_max: int, report: Report) -> tuple[str, str, tuple[str, ...]]:
    start = data[: charsets.SAMPLE_BYTES]
    marked = charsets.by_mark(start)
    if marked:
        text, warnings = _read(data, marked, chars_max, report)
        return text, marked, warnings
    encoding = charsets.by_nuls(start) or charsets.by_escapes(start)
    why = "the text does not tell its character encoding"
    if encoding is None:
        try:
            return _decoded(data, "utf-8", "strict", chars_max, report), "utf-8", ()
        except NotValidError as error:
            encoding = charsets.by_guess(data, error.start)
            why = "the text has bytes that are not UTF-8" if encoding == "utf-8" else "the text is not valid UTF-8"
    text, warnings = _read(data, encoding, chars_max, report)
    return text, encoding, (f"{why}; it was read as {encoding}", *warnings)


def _read(data: mmap.mmap | bytes, encoding: str, chars_max: int, report: Report) -> tuple[str, tuple[str, ...]]:
    try:
        return _decoded(data, encoding, "strict", chars_max, report), ()
    except NotValidError:
        text = _decoded(data, encoding, "replace", chars_max, report)
    lost = text.count(_LOST)
    if lost > len(text) * _UNREADABLE_SHARE_MAX:
        raise CannotExtractError("DOCUMENT_DAMAGED", _BINARY)
    return text, (f"what is not valid {encoding} became U+FFFD, {lost} times",)


def _decoded(data: mmap.mmap | bytes, encoding: str, errors: str, chars_max: int, report: Report) -> str:
    """The text, or a little more than `chars_max` characters of it. Raises NotValidError."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    parts, chars, size = [], 0, len(data)
    for start in range(0, size, CHUNK_BYTES):
        end = min(size, start + CHUNK_BYTES)
        kept = len(decoder.getstate()[0])
        try:
            parts.append(decoder.decode(data[start:end], final=end == size))
        except UnicodeDecodeError as error:
            raise NotValidError(start - kept + error.start) from None
        chars += len(parts[-1])
        report(Progress("byte", end, size))
        if chars > chars_max:
            break
    return "".join(parts)


def _is_binary(text: str) -> bool:
    controls = 0
    for start in range(0, len(text), CHUNK_BYTES):
        part = text[start : start + CHUNK_BYTES]
        controls += len(part) - len(part.translate(_WITHOUT_CONTROLS))
    return controls > len(text) * _UNREADABLE_SHARE_MAX
