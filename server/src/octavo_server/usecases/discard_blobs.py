"""Delete blobs that nothing refers to any more."""

from collections.abc import Collection
from contextlib import suppress

from octavo_server.domain.errors import OctavoError
from octavo_server.domain.ids import BlobKey
from octavo_server.ports.blobs import Blobs


async def discard_blobs(blobs: Blobs, keys: Collection[BlobKey]) -> None:
    """Whoever asked for what made them useless has got it: what can't be deleted now is an orphan, and swept later."""
    if keys:
        with suppress(OSError, OctavoError):
            await blobs.delete(keys)
