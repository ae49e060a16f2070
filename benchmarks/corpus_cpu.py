"""Processor time that a corpus takes through the service, beside that of calling the extractors in a plain loop.

The service: from the first Process to the last FetchOutput, user and system time of the server and its children; the
client's is not counted, but told in the note. Documents go through the module `extract`, on as many children as there
are processors. The plain loop, in as many processes, opens each document, calls the extractor chain as a child does,
under the same seccomp filter, and throws the text away. Both have seen every document before the clock starts.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rig import placement
from benchmarks.rig.corpus import MODULE, documents, written_list
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Octavo
from benchmarks.rig.spent import cpu_seconds

CPU_FACTOR_MAX = 1.2
"""The service may take so many times what the extractors alone take."""
AIM = Aim(ratio_min=round(1 / CPU_FACTOR_MAX, 2))


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    paths, processes = documents(effort), len(placement.ANYWHERE)
    with tempfile.TemporaryDirectory(prefix="octavo-benchmark-") as folder:
        listed = written_list(Path(folder) / "list", [*paths] * effort.corpus_passes)
        with Octavo(workers=processes, cpus=placement.ANYWHERE) as octavo:
            progress("warming up")
            _service(octavo, listed)
            result = duel(
                effort.folder_rounds,
                progress,
                lambda: _service(octavo, listed),
                lambda: load("plain_loop", listed, processes, "--extract", cpus=placement.ANYWHERE),
            )
    failed, refused = result.medians("failed")
    assert failed == refused, f"{failed} jobs failed, the plain loop could not read {refused} documents"
    value, reference_value = result.medians("cpu_seconds")
    client = median(one["client_cpu_seconds"] for one in result.octavo)
    count = len(paths) * effort.corpus_passes
    yield Figure(
        name="corpus_cpu",
        value=value / count * 1_000,
        unit="ms/doc",
        reference=f"extractors in a plain loop in {processes} processes",
        reference_value=reference_value / count * 1_000,
        less_is_better=True,
        aim=AIM,
        note=f"{value / reference_value:.2f} x; {len(paths)} documents through {MODULE},"
        f" {failed / effort.corpus_passes:.0f} of them refused; client {client / count * 1_000:.2f} ms/doc",
    )


def _service(octavo: Octavo, listed: Path) -> dict[str, Any]:
    before = cpu_seconds(octavo.pid)
    result = load("texts", octavo.address, listed, "--module", MODULE, cpus=placement.ANYWHERE)
    return result | {"cpu_seconds": cpu_seconds(octavo.pid) - before}
