"""XML as a stream of events, from documents that may be hostile."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from xml.parsers import expat

from octavo_server.extractors.base import CannotExtractError, RefusalError
from octavo_server.extractors.office.names import SEPARATOR, are_usual, usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Start = Callable[[Mapping[str, str]], None]
    End = Callable[[], object]
    Hear = Callable[[str], object]

TOKEN_BYTES_MAX = 1_048_576
"""Of one tag or comment. The parser looks at an unfinished one again with each chunk, so a long one takes long."""
DEPTH_MAX = 200_000
"""Elements in elements: the parser holds 130 bytes for each that is open."""
_TEXT_CHARS = 65_536
_TAG_BYTES_MIN = 3
_DEEP_BYTES_MIN = DEPTH_MAX * _TAG_BYTES_MIN
"""What is shorter can't be as deep. Until then nothing is counted: it takes time."""
_NO_MEMORY = 1
"""expat.h: XML_ERROR_NO_MEMORY."""


class Reader:
    """Calls `starts` and `ends` for the elements they name, as "prefix:name" with the prefix that is usual.

    It expands no entities and opens no other file: a document that declares entities is refused. Nothing recurses.
    """

    def __init__(self, *, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        self._starts = starts
        self._ends = ends
        self._depth = 0
        self._open = 0
        self._hear: Hear | None = None
        self._parser: expat.XMLParserType | None = None

    def read(self, chunks: Iterable[bytes], *, progress: Callable[[int], None] | None = None) -> None:
        """Raises CannotExtractError (DOCUMENT_DAMAGED) for what is not well-formed. `progress` gets the bytes read."""
        unread = iter(chunks)
        first = next(unread, b"")
        self._parser = parser = self._new_parser(first)
        fed = 0
        try:
            for chunk in itertools.chain((first,), unread):
                parser.Parse(chunk, False)  # noqa: FBT003  # it takes no keyword
                if fed <= _DEEP_BYTES_MIN < fed + len(chunk):
                    self._count_depth(parser)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                    raise RefusalError("DOCUMENT_TOO_LARGE", "the document has a single tag of more than 1 MB")
                if progress:
                    progress(fed)
            parser.Parse(b"", True)  # noqa: FBT003  # it takes no keyword
        except expat.ExpatError as error:
            if error.code == _NO_MEMORY:
                raise MemoryError from None
            raise CannotExtractError(
                "DOCUMENT_DAMAGED", f"the document is damaged: its XML is not well-formed ({_told(error)})"
            ) from None
        except (LookupError, ValueError) as error:
            if "encoding" not in str(error):
                raise
            raise CannotExtractError(
                "DOCUMENT_DAMAGED", "the document is damaged: its XML is in an encoding that can't be read"
            ) from None
        finally:
            # The parser, the handlers and this hold each other: only the garbage collector would end them.
            self._parser = None
            self._starts, self._ends = {}, {}

    def listen(self, hear: Hear | None) -> None:
        """From now on `hear` gets the text between tags; None: nobody does."""
        self._hear = hear
        if self._parser:
            self._parser.CharacterDataHandler = hear

    def skip(self) -> None:
        """Leave out the element that has just started, with all that is in it; its end is not called."""
        if self._parser:
            self._depth = 1
            self._parser.CharacterDataHandler = None
            self._parser.StartElementHandler = self._start_skipped
            self._parser.EndElementHandler = self._end_skipped

    def _new_parser(self, start: bytes) -> expat.XMLParserType:
        # Telling namespaces takes the parser twice as long.
        is_usual = are_usual(start)
        parser = expat.ParserCreate(namespace_separator=None if is_usual else SEPARATOR)
        parser.buffer_text = True
        parser.buffer_size = _TEXT_CHARS
        parser.EntityDeclHandler = _refuse_entities
        self._start: Callable[[str, dict[str, str]], None] = _starter(self._starts, is_usual=is_usual)
        self._end: Callable[[str], None] | None = _ender(self._ends, is_usual=is_usual) if self._ends else None
        self._on_start, self._on_end = self._start, self._end
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        return parser

    def _count_depth(self, parser: expat.XMLParserType) -> None:
        """From now on, as if no element were open yet: that is off by `DEPTH_MAX` at most."""
        self._open = 0
        self._on_start, self._on_end = self._start_counted, self._end_counted
        if not self._depth:
            parser.StartElementHandler = self._on_start
            parser.EndElementHandler = self._on_end

    def _start_counted(self, name: str, attributes: dict[str, str]) -> None:
        self._open += 1
        if self._open > DEPTH_MAX:
            raise _too_deep()
        self._start(name, attributes)

    def _end_counted(self, name: str) -> None:
        self._open -= 1
        if self._end:
            self._end(name)

    def _start_skipped(self, _name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise _too_deep()

    def _end_skipped(self, _name: str) -> None:
        self._depth -= 1
        if not self._depth and self._parser:
            # Its start was counted, if any is.
            self._open -= 1
            self._parser.StartElementHandler = self._on_start
            self._parser.EndElementHandler = self._on_end
            self._parser.CharacterDataHandler = self._hear


def _starter(starts: Mapping[str, Start], *, is_usual: bool) -> Callable[[str, dict[str, str]], None]:
    find = starts.get

    def start(name: str, attributes: dict[str, str]) -> None:
        handler = find(name)
        if handler:
            handler(attributes)

    def start_translated(name: str, attributes: dict[str, str]) -> None:
        handler = find(usual(name))
        if handler:
            handler({usual(key): value for key, value in attributes.items()})

    return start if is_usual else start_translated


def _ender(ends: Mapping[str, End], *, is_usual: bool) -> Callable[[str], None]:
    find = ends.get

    def end(name: str) -> None:
        handler = find(name if is_usual else usual(name))
        if handler:
            handler()

    return end


def _too_deep() -> RefusalError:
    return RefusalError("DOCUMENT_TOO_LARGE", "the document's elements are nested too deeply")


def _refuse_entities(*_declaration: object) -> None:
    # No office program writes any (ECMA-376-2, 6.1.4 forbids them), whoever does wants to see them expanded.
    raise RefusalError("DOCUMENT_DAMAGED", "the document declares XML entities, which an office document must not")


def _told(error: expat.ExpatError) -> str:
    return f"{expat.ErrorString(error.code)}, line {error.lineno}"
