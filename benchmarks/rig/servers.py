"""The servers that are measured, each a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

import psutil

from benchmarks.rig import placement
from octavo_server.rpc.server import OPTIONS

READY = "listening on "
STOP_SECONDS_MAX = 30
DATA_PARENT = Path(__file__).parents[2] / "build"
"""On the repository's disk: a temporary folder may be in memory, where durable costs nothing."""
QUEUE_JOBS_MAX = 10_000_000
"""No benchmark is to run into the limit of the queue."""


class Server:
    """A server process while the context lasts."""

    name: str

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], cpus: frozenset[int]) -> None:
        self._command = command
        self._environment = environment
        self._cpus = cpus
        # Shown only if the server does not start.
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed by __exit__
        self.address = ""
        self.ready_seconds = 0.0
        """From its start until it said that it can be called."""

    def __enter__(self) -> Self:
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**_clean_environment(), **self._environment},
            preexec_fn=lambda: os.sched_setaffinity(0, self._cpus),  # noqa: PLW1509  # no threads run here
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.ready_seconds = time.perf_counter() - begin
        if not line.startswith(READY):
            self._log.seek(0)
            reason = self._log.read()
            self.__exit__()
            raise RuntimeError(f"{self.name} did not start: {line!r}\n{reason}")
        self.address = line.removeprefix(READY).strip()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()

    @property
    def pid(self) -> int:
        """Of the server process."""
        return self._process.pid

    def rss_mb(self) -> float:
        """Of the server process alone."""
        return psutil.Process(self.pid).memory_info().rss / 1e6

    def children_mb(self) -> float:
        """Of its child processes, pages they share with each other or with the server counted once."""
        return sum(child.memory_full_info().pss for child in psutil.Process(self.pid).children(recursive=True)) / 1e6

    def cpu_seconds(self) -> float:
        """Used so far by all threads that the server and its children have now, to the microsecond."""
        process = psutil.Process(self.pid)
        pids = [one.pid for one in (process, *process.children(recursive=True))]
        tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
        # Documentation/scheduler/sched-stats.rst: the first number is the time on a processor in nanoseconds.
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


class Octavo(Server):
    """`octavo-server serve` as an operator starts it.

    `workers` None: the server's default, a child process a processor. `data_dir` None: an empty data folder that is
    deleted afterwards. `settings`: environment variables.
    """

    name = "octavo"

    def __init__(
        self,
        *,
        workers: int | None = None,
        cpus: frozenset[int] = placement.SERVER,
        data_dir: Path | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        DATA_PARENT.mkdir(exist_ok=True)
        self._is_temporary = data_dir is None
        self._data_dir = data_dir or Path(tempfile.mkdtemp(prefix="benchmark-data-", dir=DATA_PARENT))
        command = [
            *(str(Path(sys.executable).with_name("octavo-server")), "serve"),
            *("--listen", "127.0.0.1:0", "--data-dir", str(self._data_dir)),
            *(() if workers is None else ("--workers", str(workers))),
        ]
        super().__init__(command, {"OCTAVO_QUEUE_JOBS_MAX": str(QUEUE_JOBS_MAX), **settings}, cpus)

    def __exit__(self, *reason: object) -> None:
        super().__exit__(*reason)
        if self._is_temporary:
            shutil.rmtree(self._data_dir)


class Bare(Server):
    """A grpc.aio server with handlers that only return constants (bare_server.py)."""

    name = "bare handler"

    def __init__(self, cpus: frozenset[int] = placement.SERVER) -> None:
        options = json.dumps(OPTIONS)
        super().__init__([sys.executable, "-m", "benchmarks.rig.bare_server", options], {}, cpus)


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OCTAVO_")}
