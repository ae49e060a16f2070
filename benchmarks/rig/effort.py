"""How much is measured."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The sizes of a run. A figure is a median over `rounds`, each of which measures Octavo and its rival in turn."""

    rounds: int = 5
    load_seconds: float = 2.0
    """How long one round of calls is counted."""
    pushes: int = 400
    """State changes a round whose delay is taken."""
    streams: int = 10_000
    fan_out_rounds: int = 3
    settle_seconds: float = 5.0
    """How long a server is left alone before its idleness counts."""
    idle_seconds: float = 20.0
    documents: int = 160
    folder_passes: int = 3
    """How often a round takes all documents: long enough that its first and last moments don't count."""
    folder_rounds: int = 3
    folder: Path | None = None
    """Documents of the caller's own instead of generated ones."""
    corpus: Path | None = None
    """Documents of many formats; without them, some figures are left out."""
    corpus_passes: int = 3
    """As `folder_passes`."""
    calls_a_case: int = 10
    """Of each case that is asked of 100,000 jobs, one at a time and again eight at once; more if it has more to ask."""
    calm_seconds: float = 8.0
    """How long jobs and calls are watched before 100,000 jobs expire."""


FULL = Effort()
QUICK = Effort(
    rounds=2,
    load_seconds=0.7,
    pushes=100,
    streams=1_000,
    fan_out_rounds=1,
    settle_seconds=1.0,
    idle_seconds=4.0,
    documents=40,
    folder_passes=2,
    folder_rounds=1,
    corpus_passes=1,
    calls_a_case=4,
    calm_seconds=4.0,
)
"""For a first look in about a minute; too short for figures to quote."""
