"""10,000 streams that watch one job: the memory each costs, and the time to tell all of a change.

One server core, the streams in one process on another core, 500 a connection, each on a fresh server. The change is
a cancelled PENDING job; the time is from the call to the last of the streams' receipts, so it holds the call and its
commit. The rival's streams yield one prebuilt message of the same size when an asyncio.Event is set: no interceptor,
no commit, no look-up. Memory is the growth of the server's resident memory from no stream to all of them; it holds
gRPC's own share, which the rival shows alone.
"""

from collections.abc import Iterator

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Bare, Octavo, Server

AIM = Aim(ratio_min=0.7)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def fan_out(server: Server) -> dict[str, float]:
        with server:
            return load("fan_out", server.address, "--streams", effort.streams, "--pid", server.pid)

    result = duel(effort.fan_out_rounds, progress, lambda: fan_out(Octavo(workers=0)), lambda: fan_out(Bare()))
    value, reference_value = result.medians("kb_per_stream")
    yield Figure(
        name="watchers_kb",
        value=value,
        unit="KB",
        reference="a bare stream",
        reference_value=reference_value,
        less_is_better=True,
        note=f"a stream, of {effort.streams:,}",
    )
    value, reference_value = result.medians("tell_all_seconds")
    cpu, cpu_bare = result.medians("server_cpu_seconds")
    yield Figure(
        name="watchers_tell_all",
        value=value,
        unit="s",
        reference="as many bare streams",
        reference_value=reference_value,
        less_is_better=True,
        aim=AIM,
        note=f"{effort.streams:,} streams; server CPU {cpu:.2f} s, bare {cpu_bare:.2f} s",
    )
