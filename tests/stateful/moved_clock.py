"""The real server, except that its clock is ahead by as much as a file says.

`python -m tests.stateful.moved_clock CLOCK_FILE serve ...`: whoever writes to the file lets minutes pass at once.
"""

import os
import struct
import sys
from pathlib import Path

from octavo_server import __main__ as server
from octavo_server import bootstrap
from octavo_server.clock import SystemClock
from octavo_server.domain.ids import Instant

_SECONDS = struct.Struct("d")


class MovedClock:
    """Ahead of the machine's clock."""

    def __init__(self, path: Path) -> None:
        self._real = SystemClock()
        self._descriptor = os.open(path, os.O_RDONLY)

    def now(self) -> Instant:
        [ahead] = _SECONDS.unpack(os.pread(self._descriptor, _SECONDS.size, 0))
        return Instant(round(self._real.now() + ahead, 6))


class ClockHand:
    """Moves the clocks of all servers that look at the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ahead = 0.0
        self.move(0.0)

    def move(self, seconds: float) -> None:
        self._ahead += seconds
        # One write of eight bytes: no reader sees half of it.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT)
        os.pwrite(descriptor, _SECONDS.pack(self._ahead), 0)
        os.close(descriptor)


if __name__ == "__main__":
    clock = MovedClock(Path(sys.argv.pop(1)))
    bootstrap.SystemClock = lambda: clock
    server.main()
