"""Which extractor is tried, in what order."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from octavo_server.domain.jobs import Progress
from octavo_server.extractors import untyped
from octavo_server.extractors.archives import Archives
from octavo_server.extractors.base import (
    BLANK,
    UNAVAILABLE,
    CannotExtractError,
    Document,
    Extracted,
    Extractor,
    RefusalError,
    Report,
)
from octavo_server.extractors.epub import Epub
from octavo_server.extractors.fictionbook import FictionBook
from octavo_server.extractors.html import Html
from octavo_server.extractors.kinds import Kind, kind_of
from octavo_server.extractors.mail import Mail
from octavo_server.extractors.office_open_xml import OfficeOpenXml
from octavo_server.extractors.open_document import OpenDocument
from octavo_server.extractors.pdfium import Pdfium
from octavo_server.extractors.plain import Plain, with_unix_newlines
from octavo_server.extractors.svg import Svg
from octavo_server.extractors.tika_native import TikaNative
from octavo_server.extractors.tika_server import TikaServer
from octavo_server.extractors.untyped import Untyped
from octavo_server.extractors.xberg_legacy import Xberg


def read_member(document: Document, chars_max: int) -> Extracted | None:
    """What a document inside another says, by the extractors that need no file; None if it is of no type with text.

    Raises what `extract` raises.
    """
    if kind_of(document) is Kind.OTHER and not untyped.is_text(document):
        return None
    return extract(document, chars_max=chars_max, report=_unheard, order=_IN_MEMBERS)


def _unheard(_progress: Progress) -> None:
    """How far one file of many is, nobody wants to know."""


ORDER: Mapping[Kind, Sequence[Extractor]] = {
    Kind.TEXT: (Plain(),),
    Kind.PDF: (Pdfium(), TikaNative()),
    Kind.OOXML: (OfficeOpenXml(read_member=read_member), TikaNative()),
    Kind.ODF: (OpenDocument(), TikaNative()),
    Kind.LEGACY: (Xberg(), TikaNative()),
    Kind.MAIL: (Mail(read_member=read_member), TikaNative()),
    Kind.HTML: (Html(), TikaNative()),
    Kind.EPUB: (Epub(), TikaNative()),
    Kind.FICTIONBOOK: (FictionBook(), TikaNative()),
    Kind.SVG: (Svg(), TikaNative()),
    Kind.ARCHIVE: (Archives(read_member=read_member), TikaNative()),
    Kind.OTHER: (TikaNative(),),
}
"""The first that finds text serves. Why these: docs/decisions/0006."""

_IN_MEMBERS: Mapping[Kind, Sequence[Extractor]] = {
    **{kind: extractors[:1] for kind, extractors in ORDER.items()},
    Kind.OTHER: (Untyped(),),
}
"""For documents inside others. Tika reads files only."""

TIKA_SERVER = TikaServer()
"""Comes last in every order, where one is configured."""

CHOICES: Sequence[Extractor] = (TikaNative(), TIKA_SERVER)
"""Those that read so much that they may be asked for, whatever the document is."""

log = logging.getLogger(__name__)


class _Failure(NamedTuple):
    reason: str
    message: str


def extract(
    document: Document,
    *,
    chars_max: int,
    report: Report,
    first: str = "",
    spent: int = 0,
    on_handover: Callable[[], None] | None = None,
    order: Mapping[Kind, Sequence[Extractor]] = ORDER,
) -> Extracted:
    """The document's text, by the first extractor that finds some; with a warning for each that did not.

    `first` names an extractor that is tried before the others. The first `spent` ones are left out, since they took
    a process down; if none would remain, all are tried again. `on_handover` hears when one gave up.

    Raises RefusalError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT; OUTPUT_TOO_LARGE beyond `chars_max`. The first
    extractor's reason is the one told: it knows the format best. MemoryError passes through.
    """
    if not document.size_bytes:
        raise RefusalError("NO_TEXT", "no text: the document is empty")
    candidates = _candidates(document, order[kind_of(document)], first)
    spent = spent if spent < len(candidates) else 0
    warnings = [f"{extractor.name}: it took its process down in an attempt before" for extractor in candidates[:spent]]
    failures: list[_Failure] = []
    for extractor in candidates[spent:]:
        if failures and on_handover:
            on_handover()
        found = _try(extractor, document, chars_max=chars_max, report=report)
        if isinstance(found, Extracted):
            return replace(found, warnings=(*warnings, *found.warnings))
        failures.append(found)
        warnings.append(f"{extractor.name}: {found.message}")
        if found.reason == "DOCUMENT_ENCRYPTED":
            # No other library has the password either.
            break
    verdict = min(failures, key=_rank)
    unavailable = [failure.message for failure in failures if failure.reason == UNAVAILABLE and failure is not verdict]
    raise RefusalError(verdict.reason, "; ".join([verdict.message, *unavailable]))


def warm_ups() -> Iterator[Extractor]:
    """Each extractor once, the one that most documents need first."""
    seen = set()
    for extractors in ORDER.values():
        for extractor in extractors:
            if extractor.name not in seen:
                seen.add(extractor.name)
                yield extractor


def _encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates: a broken document can hold them, but no encoding can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _candidates(document: Document, extractors: Sequence[Extractor], first: str) -> Sequence[Extractor]:
    if document.is_made_here:
        return extractors
    chosen = [extractor for extractor in CHOICES if extractor.name == first]
    others = (*extractors, TIKA_SERVER) if document.relay else extractors
    return (*chosen, *(extractor for extractor in others if extractor.name != first))


def _rank(failure: _Failure) -> int:
    """What is said about the document comes before what is said about an extractor."""
    return {"DOCUMENT_ENCRYPTED": 0, UNAVAILABLE: 2}.get(failure.reason, 1)


def _try(extractor: Extractor, document: Document, *, chars_max: int, report: Report) -> Extracted | _Failure:
    try:
        extracted = extractor.extract(document, chars_max=chars_max, report=report)
    except CannotExtractError as failure:
        # Not the error itself: its traceback would keep the document.
        return _Failure(failure.reason, failure.message)
    except (RefusalError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # a library met what it did not foresee: another may read it
        # Its message may quote the document, which no log may.
        log.warning("extractor %s failed with %s", extractor.name, type(error).__name__)
        return _Failure("DOCUMENT_DAMAGED", "the document can't be read")
    if not extracted.text.strip().strip("\ufeff"):
        return _Failure("NO_TEXT", BLANK)
    if len(extracted.text) > chars_max:
        raise RefusalError("OUTPUT_TOO_LARGE", f"the document has more than {chars_max:,} characters of text")
    return replace(
        extracted,
        text=_encodable(with_unix_newlines(extracted.text)),
        metadata=replace(extracted.metadata, extractor=extractor.name),
    )
