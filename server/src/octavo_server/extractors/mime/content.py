"""The text of one part of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from octavo_server.domain.file_types import TEXT_EXTENSIONS
from octavo_server.domain.files import extension_of
from octavo_server.extractors import charsets
from octavo_server.extractors.html import is_binary
from octavo_server.extractors.hypertext import charset as charset_of_page
from octavo_server.extractors.hypertext.page import Page
from octavo_server.extractors.hypertext.prose import Prose
from octavo_server.extractors.mime.encodings import decoded
from octavo_server.extractors.plain import with_unix_newlines

if TYPE_CHECKING:
    import mmap

    from octavo_server.extractors.mime.headers import Headers
    from octavo_server.extractors.mime.parts import Part

_BYTES_A_CHARACTER = 13
"""As much as a character takes: four bytes in UTF-8, three for each of them in quoted-printable, and line ends."""
_MARKUP_FACTOR = 16
"""So many characters of markup for one of text are read."""
_BYTES_MIN = 1 << 20
HTML = ("text/html", "application/xhtml+xml")
_READ_AS_LINES = ("text/", "message/", "multipart/")
"""A message that is no mail tells what became of one; a multipart gets here that does not say what separates its parts,
or stands too deep."""
_MAIL = "message/rfc822"
"""It gets here only if it is encoded, which RFC 2046, 5.2.1, forbids."""
CODE = ("text/css", "text/javascript", "text/ecmascript", "text/x-javascript")
"""Parts of a web page that is stored as a mail (MHTML)."""
_RICH = ("text/rtf", "text/richtext", "text/enriched")
_UNTYPED = "application/octet-stream"


def is_text(headers: Headers) -> bool:
    """Can the part be read here?"""
    media_type = headers.media_type
    if media_type == _UNTYPED:
        return extension_of(headers.file_name) in TEXT_EXTENSIONS
    return media_type in HTML or (media_type.startswith(_READ_AS_LINES) and media_type not in (*_RICH, *CODE, _MAIL))


@dataclass(frozen=True, slots=True)
class Content:
    """What a part says."""

    text: str
    is_damaged: bool
    """Was something left out that can't be decoded?"""


def text_of(part: Part, data: mmap.mmap | bytes, *, chars_max: int) -> Content:
    """What the part says; a little more than `chars_max` characters if it says more."""
    is_page = part.headers.media_type in HTML
    most = chars_max * _BYTES_A_CHARACTER * (_MARKUP_FACTOR if is_page else 1)
    content = data[part.start : min(part.end, part.start + max(_BYTES_MIN, most))]
    content, footer = decoded(content, part.headers.token("content-transfer-encoding"))
    if not content:
        # It was not encoded at all, whatever its headers say.
        content, footer = footer, b""
    said = (_text_of_page if is_page else _text_of_lines)(content, part.headers.charset, chars_max)
    if not footer.strip():
        return Content(said, is_damaged=False)
    behind = _text_of_lines(footer, None, chars_max)
    if is_binary(behind):
        return Content(said, is_damaged=True)
    return Content(f"{said}\n{behind}" if said else behind, is_damaged=False)


def _text_of_lines(content: bytes, declared: str | None, chars_max: int) -> str:
    text = with_unix_newlines(_read(content, declared)[: chars_max + 1])
    return text.replace("\0", "").strip("\n")


def _text_of_page(content: bytes, declared: str | None, chars_max: int) -> str:
    prose = Prose()
    # Images of a mail have names like `cid:image001.png@01D9` or `pixel.gif`, which tell nobody anything.
    Page(prose, with_file_names=False).read(_page(content, declared), xml=False, chars_max=chars_max)
    return prose.text()


def _read(content: bytes, declared: str | None) -> str:
    try:
        return content.decode(declared or "utf-8")
    except UnicodeDecodeError as error:
        invalid = error.start
    encoding = declared or charsets.by_guess(content, invalid)
    return content.decode(encoding, errors="replace")


def _page(content: bytes, declared: str | None) -> str:
    if declared:
        return with_unix_newlines(_read(content, declared))
    page, _, _ = charset_of_page.read(content, content[: charsets.SAMPLE_BYTES])
    return page
