"""Seconds from starting `octavo-server serve` on an empty data folder to its `listening on` line, which means that it
can be called.

The rival is Python importing gRPC and protobuf and ending: what no gRPC server in Python can do without. Files are in
the page cache in all rounds but perhaps the first.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.rig import placement
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Octavo

AIM = Aim(value_max=1.0)


def _start() -> dict[str, float]:
    with Octavo(cpus=placement.ANYWHERE) as octavo:
        return {"seconds": octavo.ready_seconds}


def _import() -> dict[str, float]:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import grpc.aio, google.protobuf.message"], check=True)
    return {"seconds": time.perf_counter() - begin}


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    value, reference_value = duel(effort.rounds, progress, _start, _import).medians("seconds")
    yield Figure(
        name="ready",
        value=value,
        unit="s",
        reference="python importing grpc and protobuf",
        reference_value=reference_value,
        less_is_better=True,
        aim=AIM,
    )
