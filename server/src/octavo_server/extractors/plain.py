"""Text as it is."""

import codecs

from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report

UTF_8_BOM = b"\xef\xbb\xbf"
_BOMS = (
    # UTF-32 before UTF-16: its little-endian mark starts with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (UTF_8_BOM, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FALLBACK = "cp1252"
"""What most old text files of Europe and America are in. Latin-1 takes the five bytes it leaves undefined."""

_CONTROLS_SHARE_MAX = 0.01
"""Binary data decodes as cp1252, too; text has next to no control characters."""
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\r\f\v\x1b\x08\x1a\x1c\x1d\x1e\x1f")


class Plain:
    """Decodes text by its byte order mark, else as UTF-8, else as cp1252 with a warning.

    A byte order mark stays as U+FEFF: what is cited from the text must be found in the file.
    """

    name = "plain"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:  # noqa: ARG002  # a text of any length takes one step
        """Raises CannotExtractError (DOCUMENT_DAMAGED) for binary data."""
        data = document.data[:]
        warnings: tuple[str, ...] = ()
        encoding = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), "utf-8")
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = _decode_old(data)
            warnings = (f"the text is not valid {encoding.upper()}; it was read as {_FALLBACK}",)
        if _is_binary(text):
            raise CannotExtractError("DOCUMENT_DAMAGED", "the document is binary data, not text")
        return Extracted(text=with_unix_newlines(text), extractor=self.name, warnings=warnings)

    def warm_up(self) -> None:
        """There is nothing to load."""


def with_unix_newlines(text: str) -> str:
    r"""The text with every \r\n and \r made \n: one newline a line, whatever the system that wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_old(data: bytes) -> str:
    try:
        return data.decode(_FALLBACK)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _is_binary(text: str) -> bool:
    stripped = text.translate(dict.fromkeys(_CONTROLS))
    return len(text) - len(stripped) > len(text) * _CONTROLS_SHARE_MAX
