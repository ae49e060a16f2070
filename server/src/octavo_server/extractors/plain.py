"""Text as it is."""

from octavo_server.extractors import charsets
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report

_UNREADABLE_SHARE_MAX = 0.01
"""Binary data decodes as something, too; text has next to no control characters, and loses next to none."""
_LOST = "\ufffd"
_BINARY = "the document is binary data, not text"
_CONTROLS = frozenset((*range(0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))) - frozenset(
    b"\t\n\r\f\v\x1b\x08\x1a\x1c\x1d\x1e\x1f"
)


class Plain:
    """Decodes text by its byte order mark, else as UTF-16 or UTF-32 if its NUL bytes stand so, else as UTF-8.

    What is none of these is read as what a detector takes it for. A warning names every encoding that was not told.
    A byte order mark stays as U+FEFF: what is cited from the text must be found in the file.
    """

    name = "plain"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:  # noqa: ARG002  # a text of any length takes one step
        """Raises CannotExtractError (DOCUMENT_DAMAGED) for binary data."""
        text, warnings = _decode(document.data[:])
        if _is_binary(text):
            raise CannotExtractError("DOCUMENT_DAMAGED", _BINARY)
        return Extracted(text=with_unix_newlines(text), extractor=self.name, warnings=warnings)

    def warm_up(self) -> None:
        """Load the detector."""
        charsets.by_guess(b"\xe9", 0)


def with_unix_newlines(text: str) -> str:
    r"""The text with every \r\n and \r made \n: one newline a line, whatever the system that wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    marked = charsets.by_mark(data)
    if marked:
        return _read(data, marked)
    encoding = charsets.by_nuls(data) or charsets.by_escapes(data)
    why = "the text does not tell its character encoding"
    if encoding is None:
        try:
            return data.decode("utf-8"), ()
        except UnicodeDecodeError as error:
            encoding = charsets.by_guess(data, error.start)
            why = "the text is not valid UTF-8"
    text, warnings = _read(data, encoding)
    return text, (f"{why}; it was read as {encoding}", *warnings)


def _read(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    lost = text.count(_LOST)
    if lost > len(text) * _UNREADABLE_SHARE_MAX:
        raise CannotExtractError("DOCUMENT_DAMAGED", _BINARY)
    return text, (f"what is not valid {encoding} became U+FFFD, {lost} times",)


def _is_binary(text: str) -> bool:
    stripped = text.translate(dict.fromkeys(_CONTROLS))
    return len(text) - len(stripped) > len(text) * _UNREADABLE_SHARE_MAX
