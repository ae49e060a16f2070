"""Process calls a second, each with a document of 2 KB and durable before the reply, beside those of a bare handler.

One server core, 64 calls in flight over 4 connections from a process on another core. The server has no workers:
parsing would take the same cores, and is measured by parse_throughput. The ceiling takes the same request and sends a
prebuilt response of the same size; it checks nothing, writes nothing and waits for no disk. So what is missing to 1.0
is the checks, SQLite on the core that also speaks gRPC, and fsync on the disk of the repository.
"""

from collections.abc import Iterator

from benchmarks.rig.call_rates import call_rate
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.rounds import Progress

AIM = Aim(ratio_min=0.4)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    yield call_rate("Process", name="accepts", aim=AIM, effort=effort, progress=progress)
