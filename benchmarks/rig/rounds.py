"""Octavo and its rival in turn, A B A B, so that what else the machine does meets both; medians of the rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Progress = Callable[[str], None]
"""Hears what is being measured now."""

BYTES_TOLERANCE = 0.1
"""A ceiling with messages of another size is none."""


@dataclass(frozen=True, slots=True)
class Duel:
    """What the rounds of both measured: a dict of numbers a round."""

    octavo: Sequence[dict[str, Any]]
    rival: Sequence[dict[str, Any]]

    def medians(self, key: str) -> tuple[float, float]:
        """Of Octavo and of its rival."""
        return median(one[key] for one in self.octavo), median(one[key] for one in self.rival)

    def check_sizes(self) -> None:
        """Raises AssertionError if the two were not measured with messages of the same sizes."""
        for key in ("request_bytes", "response_bytes"):
            ours, theirs = self.medians(key)
            assert abs(ours - theirs) <= BYTES_TOLERANCE * ours, (
                f"messages.py is out of date: {key} {theirs}, not {ours}"
            )


def duel(
    rounds: int, progress: Progress, octavo: Callable[[], dict[str, Any]], rival: Callable[[], dict[str, Any]]
) -> Duel:
    """Measure both `rounds` times, in turn."""
    results = Duel([], [])
    for number in range(1, rounds + 1):
        progress(f"round {number} of {rounds}: octavo")
        results.octavo.append(octavo())
        progress(f"round {number} of {rounds}: its rival")
        results.rival.append(rival())
    return results
