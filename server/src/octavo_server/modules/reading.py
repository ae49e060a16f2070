"""How a module reads a document, whatever it makes of the text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from octavo_server.domain.file_types import DOCUMENT_EXTENSIONS, TEXT_EXTENSIONS
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.domain.modules import ChoiceParam
from octavo_server.extractors import chain
from octavo_server.extractors.base import Report
from octavo_server.modules.base import Input

AUTOMATIC = "auto"
TIKA_SERVER = chain.TIKA_SERVER.name
EXTRACTOR = ChoiceParam(
    name="extractor",
    description="What reads the document first: `auto` chooses by its type; the others are tried after it.",
    default=AUTOMATIC,
    choices=(AUTOMATIC, *(extractor.name for extractor in chain.CHOICES)),
)
EXTENSIONS = tuple(sorted(DOCUMENT_EXTENSIONS | TEXT_EXTENSIONS))
"""What a module that reads documents takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read. `metadata` is None if it was no document but the text of a module before."""

    text: str
    warnings: tuple[str, ...]
    metadata: DocumentMetadata | None


def read(given: Input, report: Report) -> Read:
    """The text of the module's input.

    Raises RefusalError: NO_TEXT, DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, DOCUMENT_TOO_LARGE, OUTPUT_TOO_LARGE.
    """
    chosen = given.params.get(EXTRACTOR.name, AUTOMATIC)
    # A text of more characters than the output may have bytes can't fit.
    extracted = chain.extract(
        given.document,
        chars_max=given.output_bytes_max,
        report=report,
        first=chosen,
        spent=given.extractors_spent,
        on_handover=partial(given.on_handover, is_last=False),
    )
    metadata = None if given.document.is_made_here else extracted.metadata
    return Read(text=extracted.text, warnings=extracted.warnings, metadata=metadata)


def warm_ups() -> Iterator[Callable[[], None]]:
    """The extractors."""
    for extractor in chain.warm_ups():
        yield extractor.warm_up
