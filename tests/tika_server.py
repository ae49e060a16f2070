"""A real Tika Server as a child process. Its jar comes through Maven, once, into build/; it needs Java 17."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

VERSION = "3.3.2"
ARTIFACT = f"org.apache.tika:tika-server-standard:{VERSION}"
FOLDER = Path(__file__).parents[1] / "build" / "tika"
JAR = FOLDER / f"tika-server-standard-{VERSION}.jar"
JAVA_VERSION_MIN = 17
DOWNLOAD_SECONDS_MAX = 600
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10


class MissingError(Exception):
    """This machine can't run a Tika Server, and says why."""


class TikaServerProcess:
    """A Tika Server on a free port of this machine. Raises MissingError when it is entered."""

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        _check_java()
        _fetch()
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        log = FOLDER / "server.log"
        with log.open("wb") as output:
            command = ["java", "-jar", str(JAR), "--host", "127.0.0.1", "--port", str(port)]
            # A session of its own: the server starts a second Java, and both must go.
            self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            self._wait(log)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def pid(self) -> int:
        """Of the Java that watches over the other, which parses."""
        assert self._process is not None
        return self._process.pid

    def _wait(self, log: Path) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/version", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                # What happens in another process sets no event.
                time.sleep(0.1)
        raise AssertionError(f"Tika Server did not start\n{log.read_text()[-3_000:]}")


def _check_java() -> None:
    if not shutil.which("java"):
        raise MissingError("a Tika Server needs java, which is not here")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    version = said.partition('version "')[2].partition(".")[0].partition('"')[0]
    if not version.isdigit() or int(version) < JAVA_VERSION_MIN:
        raise MissingError(f"a Tika Server needs Java {JAVA_VERSION_MIN}; here is: {said.splitlines()[0]}")


def _fetch() -> None:
    if JAR.exists():
        return
    if not shutil.which("mvn"):
        raise MissingError(f"{JAR.name} comes through mvn, which is not here")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={FOLDER}"]
    # In a folder without a pom.xml, which Maven would obey.
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=False, timeout=DOWNLOAD_SECONDS_MAX)
    if done.returncode or not JAR.exists():
        raise MissingError(f"Maven could not fetch {ARTIFACT}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
