"""Documents a second of a corpus through Octavo, beside a real, warm Tika Server with the plain `tika` client.

Both from the first submission to the last text in hand. Tika Server (Java) is called by two processes at a time, which
is how its client is used; Octavo runs two children and is called by plain stubs with many jobs under way. Each takes
the corpus three times, and the third counts: Java compiles while it runs, and would lose in its first. They run one
after the other, each with all processors, the callers' work included.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.rig import placement
from benchmarks.rig.corpus import MODULE, documents, written_list
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure, LeftOutError
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import Octavo
from benchmarks.rig.spent import cpu_seconds
from tests.tika_server import MissingError, TikaServerProcess

AIM = Aim(ratio_min=4.0)
PARALLEL = 2
"""Octavo's children, and the callers of Tika Server."""
ROUNDS = 3


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    paths = documents(effort)
    with tempfile.TemporaryDirectory(prefix="octavo-benchmark-") as folder:
        listed = written_list(Path(folder) / "list", [*paths] * effort.corpus_passes)
        rival = _tika_server(progress, listed)
        with Octavo(workers=PARALLEL, cpus=placement.ANYWHERE) as octavo:
            ours = _last_round(progress, octavo.pid, "octavo", "texts", octavo.address, listed, "--module", MODULE)
    count = len(paths) * effort.corpus_passes
    yield Figure(
        name="corpus_vs_tika_server",
        value=count / ours["seconds"],
        unit="docs/s",
        reference=f"warm Tika Server, {PARALLEL} callers",
        reference_value=count / rival["seconds"],
        aim=AIM,
        note=f"{len(paths)} documents; CPU a document, server + client: {_cpu(ours, count)},"
        f" Tika {_cpu(rival, count)};"
        f" no text: {ours['failed'] / effort.corpus_passes:.0f}, Tika {rival['failed'] / effort.corpus_passes:.0f}",
    )


def _tika_server(progress: Progress, listed: Path) -> dict[str, Any]:
    progress("starting Tika Server")
    try:
        with TikaServerProcess() as tika:
            return _last_round(progress, tika.pid, "Tika Server", "tika_calls", tika.url, listed, "--callers", PARALLEL)
    except MissingError as missing:
        raise LeftOutError(str(missing)) from None


def _last_round(progress: Progress, pid: int, name: str, *arguments: object) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for number in range(1, ROUNDS + 1):
        progress(f"{name}, round {number} of {ROUNDS}")
        before = cpu_seconds(pid)
        result = load(*map(str, arguments), cpus=placement.ANYWHERE)
        result["cpu_seconds"] = cpu_seconds(pid) - before
    return result


def _cpu(result: dict[str, Any], count: int) -> str:
    server, client = (result[key] / count * 1_000 for key in ("cpu_seconds", "client_cpu_seconds"))
    return f"{server:.1f} + {client:.1f} ms"
