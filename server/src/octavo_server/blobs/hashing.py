"""SHA-256 of files while they grow."""

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from octavo_server.domain.limits import MIB

HASHES_MAX = 1_000
"""Files whose hash is kept going. One that is pushed out, or that comes from before a restart, is read again."""


class Hash(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """The digest so far."""


class RunningHashes:
    """The hashes of the files that grew last."""

    def __init__(self) -> None:
        self._hashes: OrderedDict[Path, Hash] = OrderedDict()

    def up_to(self, file: Path, size: int) -> Hash:
        """The hash of the file's `size` bytes, to be updated with what is appended to it."""
        running = self._hashes.get(file)
        if running is None:
            running = self._hashes[file] = hashlib.sha256()
            if size:
                _read_into(running, file)
            if len(self._hashes) > HASHES_MAX:
                self._hashes.popitem(last=False)
        self._hashes.move_to_end(file)
        return running

    def forget(self, file: Path) -> None:
        """The file is complete, or gone."""
        self._hashes.pop(file, None)


def _read_into(running: Hash, file: Path) -> None:
    with file.open("rb", buffering=0) as source:
        while chunk := source.read(MIB):
            running.update(chunk)
