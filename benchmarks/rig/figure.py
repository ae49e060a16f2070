"""One measured figure, beside what it is measured against."""

from dataclasses import dataclass

_LEAST = 1e-9
"""In place of a zero, which JSON has no quotient for."""


class LeftOutError(Exception):
    """What a figure needs is not on this machine; the message says what, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is hoped for; exactly one of the two."""

    ratio_min: float | None = None
    """At least this share of the ceiling."""
    value_max: float | None = None
    """At most this value, whatever the reference does."""

    def __str__(self) -> str:
        return f"ratio >= {self.ratio_min:g}" if self.value_max is None else f"value <= {self.value_max:g}"

    def is_met(self, figure: "Figure") -> bool:
        """Does the figure do as hoped?"""
        if self.value_max is None:
            return figure.ratio >= self.ratio_min
        return figure.value <= self.value_max


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A median over rounds. `reference` says in words what `reference_value` was measured on, in the same run."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float
    less_is_better: bool = False
    aim: Aim | None = None
    note: str = ""
    """What a reader of the table should know; printed, not written."""

    @property
    def ratio(self) -> float:
        """The share of the ceiling that is reached, 1.0 = as good: of a figure where less is better, the inverse."""
        if self.less_is_better:
            return self.reference_value / max(self.value, _LEAST)
        return self.value / max(self.reference_value, _LEAST)
