"""The damaged documents of a run. A seed and a number give the same one each time, on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.fuzz.mutations import damaged


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged document."""

    seed: int
    number: int
    name: str
    """Of the original, for its extension."""
    content: bytes


class Cases:
    """All cases of one seed."""

    def __init__(self, originals: Mapping[str, bytes], seed: int) -> None:
        self._originals = originals
        self._names = sorted(originals)
        self._seed = seed

    def case(self, number: int) -> Case:
        """Documents take turns; what is done to one hangs on seed and number alone."""
        name = self._names[number % len(self._names)]
        # A string, since its hash does not depend on the process.
        random = Random(f"{self._seed}/{number}")
        others = [self._originals[other] for other in self._names]
        return Case(self._seed, number, name, damaged(random, self._originals[name], others))
