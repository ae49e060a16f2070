"""Unary calls a second: Octavo beside the bare handler, under the same load."""

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Bare, Octavo, Server


def call_rate(method: str, *, name: str, aim: Aim, effort: Effort, progress: Progress) -> Figure:
    """The figure `name`: how many calls of `method` a second, of a server without workers."""

    def rate(server: Server) -> dict[str, float]:
        return load("calls", server.address, method, "--pid", server.pid, "--seconds", effort.load_seconds)

    with Octavo(workers=0) as octavo, Bare() as bare:
        result = duel(effort.rounds, progress, lambda: rate(octavo), lambda: rate(bare))
    result.check_sizes()
    value, reference_value = result.medians("calls_per_second")
    cpu, cpu_bare = result.medians("server_cpu_us")
    return Figure(
        name=name,
        value=value,
        unit="calls/s",
        reference="bare grpc.aio handler",
        reference_value=reference_value,
        aim=aim,
        note=f"server CPU {cpu:.0f} us a call, bare {cpu_bare:.0f}",
    )
