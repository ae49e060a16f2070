"""How much to do at a time, learnt from how long it took."""

STEP_SECONDS = 0.005
"""What a step that nobody waits for may take: whoever comes meanwhile waits as long."""

GROWTH_MAX = 1.25
"""A step is at most so many times as large as the one before, for a step may cost more than it seems: pages that are in
no cache, a disk that others use."""


class Pace:
    """An amount of work that takes about `step_seconds`, on whatever disk."""

    def __init__(self, *, first: float, most: float) -> None:
        self.amount = first
        """What to do next, at least 1."""
        self.step_seconds = STEP_SECONDS
        self._most = most

    def took(self, done: float, seconds: float) -> None:
        """So much was done in so long. Much less than the amount tells nothing, unless it was slow."""
        if done < self.amount / 2 and seconds <= self.step_seconds:
            return
        fitting = done * self.step_seconds / max(seconds, self.step_seconds / 100)
        self.amount = max(1.0, min(fitting, self.amount * GROWTH_MAX, self._most))
