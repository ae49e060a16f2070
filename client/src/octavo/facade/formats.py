"""What travels between modules, in the hosted product's words, and what it is saved as."""

from __future__ import annotations

import mimetypes
from types import MappingProxyType

_HOSTED = MappingProxyType({"document": "text", "text": "text", "json": "json", "database": "db"})
_EXTENSIONS = MappingProxyType(
    {"application/json": ".json", "text/plain": ".txt", "application/vnd.sqlite3": ".db"},
)


def hosted_format(data_format: str) -> str:
    """`text`, `json` or `db`; a format of a later server as it is."""
    return _HOSTED.get(str(data_format), str(data_format))


def extension_of(media_type: str) -> str:
    """With its dot; empty if nobody knows."""
    return _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ""
