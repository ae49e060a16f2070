"""Watches what memory a child really fills, while it works."""

import asyncio
import os
from pathlib import Path

from octavo_server.domain.limits import MIB
from octavo_server.worker.limits import ChildLimits

FIRST_LOOK_SECONDS = 0.1
"""Most modules have ended by then, and cost nothing."""
LOOK_SECONDS = 0.02
"""Between two looks. Tika fills 2 GB a second at most."""
TOLERANCE_BYTES = 64 * MIB
"""RLIMIT_DATA is the limit, and its refusals are cleaner: it goes first."""


class MemoryGuard:
    """Kills a process that fills more memory than its limit.

    RLIMIT_DATA does not count what is mapped over address space that was reserved before, as Java's heap is: a child
    came to 1.8 GB under a limit of 1 GB.
    """

    def __init__(self, process: asyncio.subprocess.Process, limits: ChildLimits) -> None:
        self.has_struck = False
        self._process = process
        self._bytes_max = limits.data_bytes_max + TOLERANCE_BYTES
        self._next = asyncio.get_running_loop().call_later(FIRST_LOOK_SECONDS, self._look)

    def stop(self) -> None:
        """The task is done."""
        self._next.cancel()

    def _look(self) -> None:
        if private_bytes(self._process.pid) > self._bytes_max and self._process.returncode is None:
            self.has_struck = True
            self._process.kill()
        else:
            self._next = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)


def private_bytes(pid: int) -> int:
    """The memory that a process holds for itself: neither its document nor libraries. 0 where nobody tells."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_bytes().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
