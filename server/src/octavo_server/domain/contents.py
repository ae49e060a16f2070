"""Documents and outputs as facts: how large, which digest, where. The bytes themselves are behind the ports."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from octavo_server.domain.ids import BlobKey

Slot = Literal["document"] | int
"""Which content of a job: its document, or the output of the module with this index."""

INLINE_BYTES_MAX = 64 * 1024
"""Contents up to this size travel with the job's record, larger ones lie in the blob store. One durable write
instead of two for small ones; the same threshold as the NATS engine's (docs/decisions/0004)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where a document or an output is, and how to know it is whole."""

    size_bytes: int
    sha256: str
    media_type: str = ""
    blob_key: BlobKey | None = None
    """None: the engine holds the bytes inline, with the job."""


def describe(data: bytes, media_type: str = "", blob_key: BlobKey | None = None) -> Content:
    """Size and digest of `data`."""
    return Content(
        size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), media_type=media_type, blob_key=blob_key
    )
