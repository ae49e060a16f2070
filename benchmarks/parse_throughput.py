"""Documents a second that a folder takes through the service, beside a plain loop over the same extractor calls.

From the first Process to the end of the last job, told by StatusWatch; every output is durable then, fetching it is
not included. The server runs a child process a processor, and the load process that submits and watches takes its time
from the same processors. The ceiling is a loop in as many processes that reads a document, calls the module as a child
does, under the same seccomp filter, and throws the output away: no gRPC, no queue, no commit, no copy between
processes. Both are warm.

The documents are generated: text, PDF of several pages, Word, HTML, 2 KB to 50 KB. With `--folder DIR` they are yours:
all below DIR that the module takes by their extension and that fit into one Process call.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.rig import placement
from benchmarks.rig.documents import write_documents
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.messages import MODULE
from benchmarks.rig.rounds import Progress, duel
from benchmarks.rig.servers import Octavo
from octavo_server.domain.limits import CONTENT_BYTES_MAX
from octavo_server.modules import MODULES

AIM = Aim(ratio_min=0.85)
WARM_UP_DOCUMENTS = 20


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    processes = len(placement.ANYWHERE)
    with tempfile.TemporaryDirectory(prefix="octavo-benchmark-") as folder:
        paths = _documents(effort, Path(folder), progress)
        listed = _list(Path(folder) / "all", [*paths] * effort.folder_passes)
        few = _list(Path(folder) / "few", paths[:WARM_UP_DOCUMENTS])
        with Octavo(workers=processes, cpus=placement.ANYWHERE) as octavo:
            progress("warming up")
            load("folder", octavo.address, few, cpus=placement.ANYWHERE)
            result = duel(
                effort.folder_rounds,
                progress,
                lambda: load("folder", octavo.address, listed, cpus=placement.ANYWHERE),
                lambda: load("plain_loop", listed, processes, cpus=placement.ANYWHERE),
            )
    failed, refused = result.medians("failed")
    assert failed == refused, f"{failed} jobs failed, the plain loop could not parse {refused} documents"
    count = len(paths) * effort.folder_passes
    seconds, reference_seconds = result.medians("seconds")
    note = f"{len(paths)} documents" + (f", {failed / effort.folder_passes:.0f} of them without text" if failed else "")
    yield Figure(
        name="parse_throughput",
        value=count / seconds,
        unit="docs/s",
        reference=f"plain loop in {processes} processes",
        reference_value=count / reference_seconds,
        aim=AIM,
        note=note,
    )


def _documents(effort: Effort, generated: Path, progress: Progress) -> Sequence[Path]:
    if effort.folder is None:
        progress(f"writing {effort.documents} documents")
        write_documents(generated, effort.documents)
        return sorted(generated.iterdir())
    extensions = set(MODULES[MODULE].spec.extensions)
    paths = [path.resolve() for path in sorted(effort.folder.rglob("*")) if path.suffix.lower() in extensions]
    fitting = [path for path in paths if path.is_file() and 0 < path.stat().st_size <= CONTENT_BYTES_MAX]
    if not fitting:
        raise SystemExit(f"nothing in {effort.folder} that the module {MODULE} takes")
    return fitting


def _list(path: Path, paths: Sequence[Path]) -> Path:
    path.write_text("\n".join(map(str, paths)))
    return path
