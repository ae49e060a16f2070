"""ProcessStatus calls a second, beside those of a bare handler.

One server core, 64 calls in flight over 4 connections from a process on another core, each asking for the same PENDING
job. The ceiling holds what gRPC, protobuf and the event loop cost: the same request, a prebuilt response of the same
size, the same options, no interceptor. What is missing to 1.0 is Octavo's interceptor (call id, trailing metadata),
the look-up of the job and of its progress, and the check of its expiry.
"""

from collections.abc import Iterator

from benchmarks.rig.call_rates import call_rate
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.rounds import Progress

AIM = Aim(ratio_min=0.8)


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    yield call_rate("ProcessStatus", name="status_calls", aim=AIM, effort=effort, progress=progress)
