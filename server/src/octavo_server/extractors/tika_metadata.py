"""Apache Tika's names for what a document says about itself."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from octavo_server.domain.ids import Instant
from octavo_server.domain.metadata import DocumentMetadata

Values = Mapping[str, str | Sequence[str]]
"""As Tika gives it: one text or several for a name."""

# The first that is there; from org.apache.tika.metadata of Tika 3.
_MEDIA_TYPE = ("Content-Type",)
_TITLE = ("dc:title", "title")
_AUTHOR = ("dc:creator", "meta:author", "Author")
_CREATED = ("dcterms:created", "meta:creation-date", "Creation-Date")
_PAGES = ("xmpTPg:NPages", "meta:page-count", "meta:slide-count", "Page-Count", "Slide-Count")
_LANGUAGE = ("dc:language", "Content-Language", "language")
_MAPPED = frozenset((*_MEDIA_TYPE, *_TITLE, *_AUTHOR, *_CREATED, *_PAGES, *_LANGUAGE))
_OF_THE_TOOL = ("X-TIKA:", "resourceName", "Content-Length")
"""What Tika says of its own work, and what the caller knows."""


def metadata_of(values: Values) -> DocumentMetadata:
    """The fields that all documents share, and the rest under Tika's names."""
    return DocumentMetadata(
        media_type=first(values, *_MEDIA_TYPE),
        title=first(values, *_TITLE),
        author=first(values, *_AUTHOR),
        create_time=_instant(first(values, *_CREATED)),
        page_count=_count(first(values, *_PAGES)),
        language=first(values, *_LANGUAGE),
        more={
            name: ", ".join(texts(values, name))
            for name in values
            if name not in _MAPPED and not name.startswith(_OF_THE_TOOL)
        },
    )


def first(values: Values, *names: str) -> str:
    """What the first of the names that is there has to say, several texts joined; empty if none is."""
    return next((", ".join(texts(values, name)) for name in names if texts(values, name)), "")


def texts(values: Values, name: str) -> Sequence[str]:
    """All texts of one name that are not blank."""
    value = values.get(name, ())
    return [text for text in ([value] if isinstance(value, str) else value) if text.strip()]


def _instant(text: str) -> Instant | None:
    """ISO 8601, in UTC where it does not say otherwise."""
    try:
        moment = datetime.fromisoformat(text)
        return Instant((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(2**31)) else None
