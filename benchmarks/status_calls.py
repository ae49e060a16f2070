"""ProcessStatus calls a second, beside those of a bare handler.

One server core, 64 calls in flight over 4 connections from a process on another core, each asking for the same PENDING
job. The ceiling holds what gRPC, protobuf and the event loop cost: the same request, a prebuilt response of the same
size, the same options, no interceptor. What is missing to 1.0 is Octavo's interceptor (call id, trailing metadata),
the look-up of the job and of its progress, and the check of its expiry.
"""

from collections.abc import Iterator

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Bare, Octavo, Server

AIM = Aim(ratio_min=0.8)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def rate(server: Server) -> dict[str, float]:
        return load("calls", server.address, "ProcessStatus", "--pid", server.pid, "--seconds", effort.load_seconds)

    with Octavo(workers=0) as octavo, Bare() as bare:
        result = duel(effort.rounds, progress, lambda: rate(octavo), lambda: rate(bare))
    result.check_sizes()
    value, reference_value = result.medians("calls_per_second")
    cpu, cpu_bare = result.medians("server_cpu_us")
    yield Figure(
        name="status_calls",
        value=value,
        unit="calls/s",
        reference="bare grpc.aio handler",
        reference_value=reference_value,
        aim=AIM,
        note=f"server CPU {cpu:.0f} us a call, bare {cpu_bare:.0f}",
    )
