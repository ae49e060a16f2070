"""The ceiling of parsing: a plain loop over the calls that the server's children make, in as many processes.

    python -m benchmarks.rig.plain_loop LIST PROCESSES [--extract]

LIST is a file with a path a line. With `--extract` only the extractors are called, not the module around them. The
processes have the memory limit and the seccomp filter of the children (without the filter one extractor starts
programs, and is slower), are warmed up before the clock starts, and read documents from disk; what they make is thrown
away. Prints JSON: seconds, succeeded, failed, cpu_seconds (of the processes).
"""

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.rig.messages import MODULE

if TYPE_CHECKING:
    from octavo_server.extractors.base import Document

WARM_UP_DOCUMENTS = 10
"""Each process parses so many before the clock starts."""
_INDEX_BYTES = 4


class Loop:
    """One process' share: whatever it gets from the pipe that all share."""

    def __init__(self, paths: Sequence[Path], *, is_only_extracting: bool) -> None:
        # Here, in the child: the parent must have nothing of native libraries when it forks.
        from octavo_server.modules import MODULES  # noqa: PLC0415
        from octavo_server.worker import limits  # noqa: PLC0415

        self._paths = paths
        self._module = MODULES[MODULE]
        self._limits = limits.ChildLimits()
        self._step: Callable[[Document], object] = self._extract if is_only_extracting else self._run_module
        limits.limit_memory(self._limits)
        for step in self._module.warm_ups():
            step()
        limits.lock_down()
        # Each document once where formats differ: each has something to load.
        for path in dict.fromkeys(paths) if is_only_extracting else paths[:WARM_UP_DOCUMENTS]:
            self._parse(path)

    def run(self, tasks: int) -> tuple[int, float]:
        """Parse until the pipe is empty and closed; how many documents were refused, and the CPU seconds it took."""
        refused, begin = 0, time.process_time()
        while index := os.read(tasks, _INDEX_BYTES):
            refused += not self._parse(self._paths[int.from_bytes(index)])
        return refused, time.process_time() - begin

    def _parse(self, path: Path) -> bool:
        from octavo_server.extractors.base import Document  # noqa: PLC0415
        from octavo_server.modules.base import RefusalError  # noqa: PLC0415

        descriptor = os.open(path, os.O_RDONLY)
        try:
            self._step(Document(descriptor=descriptor, name=path.name, media_type=""))
        except RefusalError:
            return False
        finally:
            os.close(descriptor)
        return True

    def _run_module(self, document: "Document") -> object:
        from octavo_server.modules.base import Input  # noqa: PLC0415

        given = Input(
            document=document,
            model=self._module.spec.models[0].name,
            params={},
            output_bytes_max=self._limits.output_bytes_max,
        )
        return self._module.run(given, _ignore)

    def _extract(self, document: "Document") -> object:
        from octavo_server.extractors import chain  # noqa: PLC0415

        return chain.extract(document, chars_max=self._limits.output_bytes_max, report=_ignore)


def _ignore(_progress: object) -> None:
    """Nobody watches."""


def _child(paths: Sequence[Path], tasks: int, unused: int, parent: Connection, is_only_extracting: bool) -> None:
    # Else the pipe never ends: every holder of the writing end would have to close it.
    os.close(unused)
    loop = Loop(paths, is_only_extracting=is_only_extracting)
    parent.send("ready")
    parent.send(loop.run(tasks))
    # The parent has what it wants; native libraries would take a while to tidy up.
    os._exit(0)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("list", type=Path)
    parser.add_argument("processes", type=int)
    parser.add_argument("--extract", action="store_true")
    arguments = parser.parse_args()
    paths = [Path(line) for line in arguments.list.read_text().splitlines()]
    reading, writing = os.pipe()
    fork = multiprocessing.get_context("fork")
    ends = []
    for _ in range(arguments.processes):
        ours, theirs = fork.Pipe()
        fork.Process(target=_child, args=(paths, reading, writing, theirs, arguments.extract)).start()
        theirs.close()
        ends.append(ours)
    for end in ends:
        assert end.recv() == "ready"
    begin = time.perf_counter()
    for index in range(len(paths)):
        os.write(writing, index.to_bytes(_INDEX_BYTES))
    os.close(writing)
    results = [end.recv() for end in ends]
    seconds = time.perf_counter() - begin
    refused = sum(one for one, _ in results)
    cpu_seconds = sum(one for _, one in results)
    succeeded = len(paths) - refused
    print(json.dumps({"seconds": seconds, "succeeded": succeeded, "failed": refused, "cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    _main()
