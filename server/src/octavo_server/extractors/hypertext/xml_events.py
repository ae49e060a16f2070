"""XML as a stream of tags and text, from documents that may be hostile."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from octavo_server.domain.jobs import Progress
from octavo_server.extractors import charsets
from octavo_server.extractors.base import CannotExtractError, RefusalError
from octavo_server.extractors.hypertext import charset
from octavo_server.extractors.hypertext.tokens import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from octavo_server.extractors.base import Document, Report

TOKEN_BYTES_MAX = 1_048_576
"""Of one tag or comment. The parser looks at an unfinished one again with each chunk, so a long one takes long."""
DEPTH_MAX = 200_000
"""Elements in elements: the parser holds 130 bytes for each that is open, and no document has a hundred."""
_BUFFER_CHARS = 65_536
_CHUNK_BYTES = 65_536
_NO_MEMORY = 1
"""expat.h: XML_ERROR_NO_MEMORY."""


class Listener(Protocol):
    """Hears a document. Names are local: without namespace or prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element starts."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, text: str) -> None:
        """Text, in pieces of any length."""


class Quiet:
    """A listener that hears nothing yet."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Nothing."""

    def end(self, name: str) -> None:
        """Nothing."""

    def text(self, text: str) -> None:
        """Nothing."""


class EnoughError(Exception):
    """What a listener raises that wants to hear no more."""


class NotWellFormedError(Exception):
    """What was heard so far is right; the rest can't be read. The message tells why, and the line."""


def read_document(document: Document, listener: Listener, report: Report, *, with_starts: bool = True) -> None:
    """`read` for a document of its own, in whatever encoding it declares."""
    chunks = _chunks(document, report)
    start = document.data[: charsets.SAMPLE_BYTES]
    told = charsets.by_mark(start) or charsets.by_nuls(start)
    declared = None if told else charset.declared_in(start)
    if declared in (None, "utf-8"):
        read(chunks, listener, with_starts=with_starts)
    else:
        # The parser knows few encodings. This one is right for whatever the declaration says.
        decoder = codecs.getincrementaldecoder(declared)("replace")
        recoded = (decoder.decode(chunk).encode() for chunk in chunks)
        read(recoded, listener, encoding="utf-8", with_starts=with_starts)


def read(chunks: Iterable[bytes], listener: Listener, *, encoding: str | None = None, with_starts: bool = True) -> None:
    """Tells `listener` what is in the document. Nothing recurses, and no other file is opened.

    Of entities, those of HTML (&nbsp;) are known. Those that the document declares itself stay as they are written:
    expanded, they might be larger than memory, or another file. `encoding`: instead of the one that it declares.
    Without `with_starts`, it is not told where elements start: their attributes take a third of the time.

    Raises NotWellFormedError; RefusalError (DOCUMENT_TOO_LARGE) for a single tag that is, or for elements nested
    deeper than DEPTH_MAX; MemoryError.
    """
    parser = _parser(listener, encoding)
    if not with_starts:
        parser.StartElementHandler = None
    fed = depth = 0
    try:
        for chunk in chunks:
            if not with_starts:
                depth += _opened(chunk)
                _check(depth)
            parser.Parse(chunk, False)  # noqa: FBT003  # it takes no keyword
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                raise RefusalError("DOCUMENT_TOO_LARGE", "the document has a single tag of more than 1 MB")
        parser.Parse(b"", True)  # noqa: FBT003  # it takes no keyword
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from None
        raise NotWellFormedError(f"its XML is not well-formed in line {error.lineno}") from None
    except (LookupError, ValueError):
        raise NotWellFormedError("it is in a character encoding that is not known") from None
    finally:
        # Parser and handlers hold each other: only the garbage collector would end them.
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.SkippedEntityHandler = parser.DefaultHandler = None


def damaged(error: NotWellFormedError, what: str) -> CannotExtractError:
    """The error for a document of which nothing could be read."""
    return CannotExtractError("DOCUMENT_DAMAGED", f"{what} is damaged: {error}")


def _parser(listener: Listener, encoding: str | None) -> expat.XMLParserType:
    depth = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            _check(depth)
        listener.start(_local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(_local(name))

    def skipped(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            listener.text(decoded(f"&{name};"))

    def left_over(markup: str) -> None:
        if markup.startswith("&"):
            listener.text(decoded(markup))

    parser = expat.ParserCreate(encoding=encoding)
    parser.buffer_text = True
    parser.buffer_size = _BUFFER_CHARS
    # Else an entity that isn't declared is an error: the declarations of HTML's stand in a file we don't open.
    parser.UseForeignDTD(True)  # noqa: FBT003  # it takes no keyword
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE)
    parser.ExternalEntityRefHandler = _leave_outside
    parser.SkippedEntityHandler = skipped
    # This one makes the parser leave declared entities as they are (expat.h: XML_SetDefaultHandler). Those in
    # attributes it expands, within limits of its own.
    parser.DefaultHandler = left_over
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    return parser


def _opened(chunk: bytes) -> int:
    """About how many elements `chunk` leaves open: counted by their brackets, for that takes no call for each."""
    if b"\0" in chunk:
        chunk = chunk.replace(b"\0", b"")
    return chunk.count(b"<") - 2 * chunk.count(b"</") - chunk.count(b"/>") - chunk.count(b"<?") - chunk.count(b"<!")


def _check(depth: int) -> None:
    if depth > DEPTH_MAX:
        raise RefusalError("DOCUMENT_TOO_LARGE", "the document's elements are nested too deeply")


def _chunks(document: Document, report: Report) -> Iterator[bytes]:
    data, size = document.data, document.size_bytes
    for start in range(0, size, _CHUNK_BYTES):
        yield data[start : start + _CHUNK_BYTES]
        report(Progress("byte", min(size, start + _CHUNK_BYTES), size))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _leave_outside(*_where: object) -> int:
    return 1
