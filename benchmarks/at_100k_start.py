"""Seconds from starting `octavo-server serve` on a store with 100,000 finished jobs to its `listening on` line.

The rival is the same on an empty data folder. The store (rig/at_100k) is in the page cache: it has just been copied.
"""

from collections.abc import Iterator

from benchmarks.rig import placement
from benchmarks.rig.at_100k import store
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Octavo

AIM = Aim(value_max=2.0)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def ready(octavo: Octavo) -> dict[str, float]:
        with octavo:
            return {"seconds": octavo.ready_seconds}

    with store.copied(progress) as folder:
        result = duel(
            effort.rounds,
            progress,
            lambda: ready(Octavo(cpus=placement.ANYWHERE, data_dir=folder)),
            lambda: ready(Octavo(cpus=placement.ANYWHERE)),
        )
    value, reference_value = result.medians("seconds")
    yield Figure(
        name="at_100k_start",
        value=value,
        unit="s",
        reference="an empty data folder",
        reference_value=reference_value,
        less_is_better=True,
        aim=AIM,
    )
