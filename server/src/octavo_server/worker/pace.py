"""How often a child may speak while it works, by the parent's clock."""

from collections.abc import Callable

from octavo_server.worker.frames import MalformedFrameError
from octavo_server.worker.messages import PROGRESS_SECONDS_MIN

_FRAMES_PER_SECOND_MAX = 2 / PROGRESS_SECONDS_MIN
_FRAMES_EXTRA_MAX = 20
"""An honest child stays far below both, even if the parent reads late: it counts from before the task's start."""


class Pace:
    """Counts one task's reports of progress."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._frames = 0
        self._next = self._start

    def admits(self) -> bool:
        """Is this report passed on? At most four a second are; raises MalformedFrameError when it is a flood."""
        now = self._clock()
        self._frames += 1
        if self._frames > _FRAMES_EXTRA_MAX + _FRAMES_PER_SECOND_MAX * (now - self._start):
            raise MalformedFrameError(f"{self._frames} reports of progress in {now - self._start:.1f} s")
        if now < self._next:
            return False
        self._next = now + PROGRESS_SECONDS_MIN
        return True
