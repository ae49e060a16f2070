"""The real server as a child process, to be called, stopped and killed."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import psutil

READY = "listening on "
STOP_SECONDS_MAX = 30


class ServerProcess:
    """`octavo-server serve` on a data folder, on a free port, and on that port again after a restart."""

    def __init__(self, data_dir: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.arguments = arguments
        self.environment = environment or {}
        self.address = "127.0.0.1:0"
        self.log = data_dir.parent / f"{data_dir.name}.log"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.kill()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Start it; returns when it can be called."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**clean_environment(), **self.environment},
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(READY):
            raise AssertionError(f"the server did not start: {line!r}\n{self.log.read_text()[-3000:]}")
        self.address = line.removeprefix(READY).strip()
        # Nobody reads further lines; a full pipe must not stop the server.
        threading.Thread(target=self._process.stdout.read, daemon=True).start()
        return self

    def command(self) -> list[str]:
        return [
            sys.executable, "-m", "octavo_server", "serve",
            "--listen", self.address, "--data-dir", str(self.data_dir), *self.arguments,
        ]  # fmt: skip

    def kill(self) -> None:
        """kill -9: nothing is said, nothing is saved."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int:
        """SIGTERM, and wait until it has drained; its exit code."""
        return self._end(signal.SIGTERM)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        assert self._process is not None
        code = self._process.wait(STOP_SECONDS_MAX)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    def restart(self) -> Self:
        """Start it again on the same port and the same data."""
        return self.start()

    def rss_bytes(self) -> int:
        return psutil.Process(self.pid).memory_info().rss

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children(recursive=True)

    def _end(self, number: int) -> int:
        self.signal(number)
        return self.wait()


def clean_environment() -> dict[str, str]:
    """This process' environment without settings of Octavo."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OCTAVO_")}
