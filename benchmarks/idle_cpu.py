"""CPU time of a server nobody calls, in percent of one core, its child processes included.

Both servers idle side by side, after a pause in which what the start left over can end. The rival is a bare grpc.aio
server: gRPC's own timers, and nothing else.
"""

import time
from collections.abc import Iterator

from benchmarks.rig import placement
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import Bare, Octavo

AIM = Aim(value_max=0.5)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    with Octavo(cpus=placement.ANYWHERE) as octavo, Bare(cpus=placement.ANYWHERE) as bare:
        servers = (octavo, bare)
        progress(f"letting two servers settle for {effort.settle_seconds:g} s")
        time.sleep(effort.settle_seconds)
        before, begin = [server.cpu_seconds() for server in servers], time.perf_counter()
        progress(f"watching two idle servers for {effort.idle_seconds:g} s")
        time.sleep(effort.idle_seconds)
        after, end = [server.cpu_seconds() for server in servers], time.perf_counter()
    value, reference_value = ((late - early) / (end - begin) * 100 for early, late in zip(before, after, strict=True))
    yield Figure(
        name="idle_cpu",
        value=value,
        unit="% of core",
        reference="bare grpc.aio server",
        reference_value=reference_value,
        less_is_better=True,
        aim=AIM,
    )
