"""Process calls a second, each with a document of 2 KB and durable before the reply, beside those of a bare handler.

One server core, 64 calls in flight over 4 connections from a process on another core. The server has no workers:
parsing would take the same cores, and is measured by parse_throughput. The ceiling takes the same request and sends a
prebuilt response of the same size; it checks nothing, writes nothing and waits for no disk. So what is missing to 1.0
is the checks, SQLite on the core that also speaks gRPC, and fsync on the disk of the repository.
"""

from collections.abc import Iterator

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Bare, Octavo, Server

AIM = Aim(ratio_min=0.4)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def rate(server: Server) -> dict[str, float]:
        return load("calls", server.address, "Process", "--pid", server.pid, "--seconds", effort.load_seconds)

    with Octavo(workers=0) as octavo, Bare() as bare:
        result = duel(effort.rounds, progress, lambda: rate(octavo), lambda: rate(bare))
    result.check_sizes()
    value, reference_value = result.medians("calls_per_second")
    cpu, cpu_bare = result.medians("server_cpu_us")
    yield Figure(
        name="accepts",
        value=value,
        unit="calls/s",
        reference="bare grpc.aio handler",
        reference_value=reference_value,
        aim=AIM,
        note=f"server CPU {cpu:.0f} us a call, bare {cpu_bare:.0f}",
    )
