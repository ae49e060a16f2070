"""What a document says about itself, and how much of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from octavo_server.domain.ids import Instant

TEXT_CHARS_MAX = 500
"""A title, an author, or one value of the rest; beyond, it is cut."""
KEY_CHARS_MAX = 100
ENTRIES_MAX = 64
ENTRIES_CHARS_MAX = 8_192
"""All keys and values of the rest together; what comes later is left out."""
PAGES_MAX = 2**31 - 1
_INSTANT_MIN, _INSTANT_MAX = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999 (google.protobuf.Timestamp)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMetadata:
    """What the module that read a document found out about it. Whatever the document does not tell is empty."""

    media_type: str = ""
    title: str = ""
    author: str = ""
    create_time: Instant | None = None
    page_count: int | None = None
    """Pages, slides or sheets."""
    language: str = ""
    """As the document tells it, mostly a BCP 47 tag like `en-GB`."""
    extractor: str = ""
    """Which extractor served."""
    more: Mapping[str, str] = field(default_factory=dict)
    """The rest, under the document's own names."""


def bounded(metadata: DocumentMetadata) -> DocumentMetadata:
    """The same within the limits above, and printable: a hostile document wrote it, and a terminal may show it."""
    created, pages = metadata.create_time, metadata.page_count
    return replace(
        metadata,
        media_type=_line(metadata.media_type),
        title=_line(metadata.title),
        author=_line(metadata.author),
        create_time=created if created is not None and _INSTANT_MIN <= created <= _INSTANT_MAX else None,
        page_count=pages if pages is not None and 0 <= pages <= PAGES_MAX else None,
        language=_line(metadata.language),
        extractor=_line(metadata.extractor),
        more=_entries(metadata.more),
    )


def _line(text: str, chars_max: int = TEXT_CHARS_MAX) -> str:
    # Cut before it is looked at: it may be as long as a document.
    shown = "".join(
        char if char.isprintable() else " " for char in text[: 2 * chars_max] if char.isprintable() or char.isspace()
    )
    return " ".join(shown.split())[:chars_max].rstrip()


def _entries(more: Mapping[str, str]) -> Mapping[str, str]:
    kept: dict[str, str] = {}
    chars = 0
    for name, text in more.items():
        key, value = _line(name, KEY_CHARS_MAX), _line(text)
        chars += len(key) + len(value)
        if len(kept) == ENTRIES_MAX or chars > ENTRIES_CHARS_MAX:
            break
        if key and value:
            kept[key] = value
    return kept
