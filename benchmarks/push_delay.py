"""How long a state change takes to its watcher, one change at a time, p50 and p99.

What is measured from outside is a cancelled PENDING job: from the `update_time` in the message to the receipt of the
message, by the clock of the one machine both are on. The server takes `update_time` before the commit, so the figure
holds the commit (a transaction and an fsync) as well, and is more than the delay from the commit to the watcher; an
external process can't see the commit any closer, because the push often overtakes the reply to the call that made the
change. The rival stamps its message in a bare handler and rings an asyncio.Event that a bare stream waits for: gRPC
and two event loops, without commit, feed and hub.
"""

from collections.abc import Iterator

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Bare, Octavo, Server

AIM = Aim(value_max=2.0)
REFERENCE = "bare handler that rings a bare stream"


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def delays(server: Server) -> dict[str, float]:
        return load("pushes", server.address, "--count", effort.pushes)

    with Octavo(workers=0) as octavo, Bare() as bare:
        result = duel(effort.rounds, progress, lambda: delays(octavo), lambda: delays(bare))
    call_ms, _ = result.medians("cancel_ms")
    for percentile, aim in (("p50", AIM), ("p99", None)):
        value, reference_value = result.medians(f"{percentile}_ms")
        yield Figure(
            name=f"push_delay_{percentile}",
            value=value,
            unit="ms",
            reference=REFERENCE,
            reference_value=reference_value,
            less_is_better=True,
            aim=aim,
            note=f"commit included; the whole call takes {call_ms:.2f} ms",
        )
