"""Removes what has expired in steps that hold nobody up."""

import time
from collections.abc import Callable

from octavo_server.domain.ids import Instant
from octavo_server.engines.sqlite.operations import Chore
from octavo_server.engines.sqlite.pace import STEP_SECONDS, Pace
from octavo_server.engines.sqlite.removal import Removal, expire
from octavo_server.engines.sqlite.tables import Tables

JOBS_FIRST = 16
"""Removed in the first step; how many are in the next follows from how long it took."""

JOBS_MAX = 500

LATE_SECONDS = 300.0
"""If there was always more to remove for so long, jobs may be expiring faster than small steps remove them."""

LATE_STEP_SECONDS = STEP_SECONDS * 10
"""A step takes so long then: a commit costs the same for many jobs as for few."""


class Expiry:
    """Its steps, each as long as the last ones say."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._pace = Pace(first=JOBS_FIRST, most=JOBS_MAX)
        self._since: float | None = None
        """Since when there was always something to remove."""

    @property
    def step_seconds(self) -> float:
        """How long the next step may take."""
        return self._pace.step_seconds

    def chore(self, now: Instant, jobs_max: int, publish: Callable[[Removal], None]) -> Chore[Removal]:
        """The next step."""
        return Chore(lambda tables: self._remove(tables, now, jobs_max), publish, self._took)

    def _remove(self, tables: Tables, now: Instant, jobs_max: int) -> Removal:
        return expire(tables, now, min(jobs_max, int(self._pace.amount)))

    def _took(self, done: Removal, seconds: float) -> None:
        now = self._monotonic()
        if not done.changes:
            self._since = None
        elif self._since is None:
            self._since = now
        is_late = self._since is not None and now - self._since > LATE_SECONDS
        self._pace.step_seconds = LATE_STEP_SECONDS if is_late else STEP_SECONDS
        self._pace.took(len(done.changes), seconds)
