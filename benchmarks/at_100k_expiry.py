"""How much 100,000 jobs that expire at the same moment hold up what else the server does.

A process submits one small job after another and follows each to its end; another task asks for the status of a job
every few milliseconds. Both before anything expires and while it does: until no expired job is on record, and for ten
seconds more, in which their search indexes are given back bit by bit. The figures are the longest job and the longest
call meanwhile, less the median before: the worst delay that anybody met. The reference is the same of the time before.
The server, its children and the load have all processors, as in use.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks.rig import placement
from benchmarks.rig.at_100k import store
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import Octavo

AIM = Aim(value_max=50.0)
PREPARING_SECONDS = 20.0
"""For writing the time of expiry to all jobs, and for the server to start."""

SETTINGS = {"OCTAVO_CHILD_JOBS_MAX": "1000000"}
"""A child process that is replaced holds up a job for a moment, whatever expires: none is."""


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    with store.copied(progress) as folder:
        progress("letting all jobs expire soon")
        expire_time = store.expire_all(folder, in_seconds=PREPARING_SECONDS + effort.calm_seconds)
        with Octavo(data_dir=folder, cpus=placement.ANYWHERE, settings=SETTINGS) as octavo:
            progress("expiring")
            arguments = ("--calm-seconds", effort.calm_seconds, "--expire-time", expire_time)
            result = load("expiring", octavo.address, folder, *arguments, cpus=placement.ANYWHERE)
    for kind in ("job", "status"):
        yield _figure(kind, result)


def _figure(kind: str, result: dict[str, Any]) -> Figure:
    calm, expiring = result[f"{kind}_calm_ms"], result[f"{kind}_expiring_ms"]
    usual = median(calm)
    return Figure(
        name=f"at_100k_expiry_{kind}",
        value=max(expiring) - usual,
        unit="ms",
        reference="before the expiry",
        reference_value=max(calm) - usual,
        less_is_better=True,
        aim=AIM,
        note=f"worst delay of {len(expiring):,}; p50 {median(expiring):.1f}, before {usual:.1f};"
        f" gone after {result['gone_seconds']:.0f} s",
    )
