"""The ceiling of parsing: a plain loop over the calls that the server's children make, in as many processes.

    python -m benchmarks.rig.plain_loop LIST PROCESSES

LIST is a file with a path a line. The processes have the memory limit and the seccomp filter of the children (without
the filter one extractor starts programs, and is slower), are warmed up before the clock starts, and read documents
from disk; what they make is thrown away. Prints JSON: seconds, succeeded, failed.
"""

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.rig.messages import MODULE

WARM_UP_DOCUMENTS = 10
"""Each process parses so many before the clock starts."""
_INDEX_BYTES = 4


class Loop:
    """One process' share: whatever it gets from the pipe that all share."""

    def __init__(self, paths: Sequence[Path]) -> None:
        # Here, in the child: the parent must have nothing of native libraries when it forks.
        from octavo_server.modules import MODULES  # noqa: PLC0415
        from octavo_server.worker import limits  # noqa: PLC0415

        self._paths = paths
        self._module = MODULES[MODULE]
        self._limits = limits.ChildLimits()
        limits.limit_memory(self._limits)
        for step in self._module.warm_ups():
            step()
        limits.lock_down()
        for path in paths[:WARM_UP_DOCUMENTS]:
            self._parse(path)

    def run(self, tasks: int) -> int:
        """Parse until the pipe is empty and closed; how many documents were refused."""
        refused = 0
        while index := os.read(tasks, _INDEX_BYTES):
            refused += not self._parse(self._paths[int.from_bytes(index)])
        return refused

    def _parse(self, path: Path) -> bool:
        from octavo_server.extractors.base import Document  # noqa: PLC0415
        from octavo_server.modules.base import Input, RefusalError  # noqa: PLC0415

        descriptor = os.open(path, os.O_RDONLY)
        try:
            given = Input(
                document=Document(descriptor=descriptor, name=path.name, media_type=""),
                model=self._module.spec.models[0].name,
                params={},
                output_bytes_max=self._limits.output_bytes_max,
            )
            self._module.run(given, lambda _progress: None)
        except RefusalError:
            return False
        finally:
            os.close(descriptor)
        return True


def _child(paths: Sequence[Path], tasks: int, unused: int, parent: Connection) -> None:
    # Else the pipe never ends: every holder of the writing end would have to close it.
    os.close(unused)
    loop = Loop(paths)
    parent.send("ready")
    parent.send(loop.run(tasks))
    # The parent has what it wants; native libraries would take a while to tidy up.
    os._exit(0)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("list", type=Path)
    parser.add_argument("processes", type=int)
    arguments = parser.parse_args()
    paths = [Path(line) for line in arguments.list.read_text().splitlines()]
    reading, writing = os.pipe()
    fork = multiprocessing.get_context("fork")
    ends = []
    for _ in range(arguments.processes):
        ours, theirs = fork.Pipe()
        fork.Process(target=_child, args=(paths, reading, writing, theirs)).start()
        theirs.close()
        ends.append(ours)
    for end in ends:
        assert end.recv() == "ready"
    begin = time.perf_counter()
    for index in range(len(paths)):
        os.write(writing, index.to_bytes(_INDEX_BYTES))
    os.close(writing)
    refused = sum(end.recv() for end in ends)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "succeeded": len(paths) - refused, "failed": refused}))


if __name__ == "__main__":
    _main()
