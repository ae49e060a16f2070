"""Clean up after a crash.

Jobs need no recovery: the engine makes unfinished ones claimable again at their first module without a recorded
output. What a crash can leave behind is a blob that no job came to refer to.
"""

from collections.abc import Sequence

from octavo_server.domain.ids import BlobKey
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.engine import Engine

BATCH_BLOBS_MAX = 500


class Recover:
    """Deletes orphaned blobs."""

    def __init__(self, *, engine: Engine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs

    async def suspects(self) -> Sequence[BlobKey]:
        """The blobs there are. Ask before the first submission, whose blob comes before its record."""
        return [key async for key in self._blobs.keys()]  # noqa: SIM118  # a port, not a dict

    async def sweep(self, suspects: Sequence[BlobKey]) -> int:
        """Delete those of `suspects` that no job refers to; how many there were."""
        count = 0
        for start in range(0, len(suspects), BATCH_BLOBS_MAX):
            batch = suspects[start : start + BATCH_BLOBS_MAX]
            orphans = set(batch) - await self._engine.known_blobs(batch)
            await self._blobs.delete(orphans)
            count += len(orphans)
        return count
