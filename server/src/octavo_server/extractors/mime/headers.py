"""The headers of a mail or of a part of one."""

from __future__ import annotations

import binascii
import re
from email.message import Message
from email.utils import collapse_rfc2231_value

from octavo_server.extractors import charsets
from octavo_server.extractors.hypertext.charset import known
from octavo_server.extractors.mime.base_64 import digits_decoded

CHARS_MAX = 262_144
"""Of one header. Ten thousand recipients have that many."""
_PARAMETERS_CHARS_MAX = 4_096
"""Of a header with parameters, such as Content-Type; the standard library reads them in quadratic time."""
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_ENCODED = r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?="
_ENCODED_WORD = re.compile(_ENCODED)
_ENCODED_WORDS = re.compile(rf"{_ENCODED}(?:\s+{_ENCODED})*")
"""In a row: the whitespace between them is not text (RFC 2047, 6.2)."""


class Headers:
    """Reads a block of headers. What is no header is passed over."""

    def __init__(self, block: bytes) -> None:
        self._values: dict[str, str] = {}
        for line in _FOLD.sub("", _decoded(block)).split("\n"):
            name, colon, value = line.partition(":")
            if colon and name and " " not in name:
                self._values.setdefault(name.lower(), value.strip()[:CHARS_MAX])
        self._mime = Message()
        for name in ("content-type", "content-disposition"):
            if value := self._values.get(name, ""):
                self._mime[name] = value[:_PARAMETERS_CHARS_MAX]

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """What a header says to people, in one line; empty if there is none. `name` is in lower case."""
        said = _ENCODED_WORDS.sub(_decoded_words, self._values.get(name, ""))
        return " ".join(said.split())

    def token(self, name: str) -> str:
        """What a header says to machines: its first word in lower case."""
        words = self._values.get(name, "").lower().split(None, 1)
        return words[0].rstrip(";") if words else ""

    @property
    def media_type(self) -> str:
        """In lower case; `text/plain` if nothing is said."""
        return self._mime.get_content_type()

    @property
    def boundary(self) -> bytes:
        """What separates the parts; empty if nothing is said."""
        return self.parameter("boundary").encode("utf-8", errors="replace")

    @property
    def charset(self) -> str | None:
        """The character encoding the part is declared to be in, as Python calls it, if it is one."""
        return charset_called(self.parameter("charset"))

    @property
    def file_name(self) -> str:
        """Empty if the part has none."""
        name = self.parameter("filename", "content-disposition") or self.parameter("name")
        return " ".join(_ENCODED_WORDS.sub(_decoded_words, name).split())

    @property
    def is_attachment(self) -> bool:
        """Does the mail say so, or is there a file name?"""
        return self.token("content-disposition") == "attachment" or bool(self.file_name)

    def parameter(self, name: str, header: str = "content-type") -> str:
        """A parameter of a header, such as a boundary; empty if there is none that can be read."""
        try:
            return collapse_rfc2231_value(self._mime.get_param(name, "", header)).strip()
        except (TypeError, ValueError, LookupError):
            # What the standard library does with continuations (RFC 2231, 3) that contradict each other.
            return ""


def charset_called(name: str) -> str | None:
    """Python's name of an encoding for text; None for one that tells nothing, as many programs declare ASCII."""
    name = name.lower()
    if name.startswith(("utf-16", "utf-32")):
        return name if name in ("utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be") else None
    return None if name in ("", "ascii", "us-ascii") else known(name)


def _decoded(block: bytes) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        return block.decode(charsets.by_guess(block, error.start), errors="replace")


def _decoded_words(words: re.Match[str]) -> str:
    """Neighbours in the same encoding are decoded together: a character may start in one and end in the next."""
    runs: list[tuple[str, bytearray]] = []
    for charset, how, text in _ENCODED_WORD.findall(words[0]):
        # RFC 2231 5: a language may follow the encoding.
        name = charset.partition("*")[0].lower()
        if not runs or runs[-1][0] != name:
            runs.append((name, bytearray()))
        runs[-1][1].extend(_bytes_of(how.lower(), text))
    return "".join(bytes(data).decode(charset_called(name) or "utf-8", errors="replace") for name, data in runs)


def _bytes_of(how: str, text: str) -> bytes:
    data = text.encode("utf-8", errors="replace")
    if how == "q":
        return binascii.a2b_qp(data, header=True)
    return digits_decoded(data)
