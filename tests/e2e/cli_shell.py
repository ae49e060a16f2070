"""Runs `octavo` as a user does: a child process in a folder, against a real server, on a terminal or off."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.servers import clean_environment

TEXT = "It was a bright cold day in April.\nThe clocks were striking thirteen.\n"
UNKNOWN = "5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11"
COMMAND = [sys.executable, "-m", "octavo.cli"]


class Shell:
    """Runs `octavo` in a folder, against a server."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.environment = {**clean_environment(), "OCTAVO_SERVER": address, "TERM": "xterm-256color"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def rows(self, *arguments: str) -> list[list[str]]:
        """What a command prints off a terminal, cell by cell."""
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def objects(self, *arguments: str) -> list[dict]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def on_terminal(self, *arguments: str, answer: str = "", width: int = 80) -> tuple[int, str]:
        """The exit code, and all that a terminal shows; `answer` is typed after a question."""
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.execve(sys.executable, [*COMMAND, *arguments], {**self.environment, "COLUMNS": str(width)})
        shown = b""
        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline:
                if not select.select([terminal], [], [], 1.0)[0]:
                    continue
                try:
                    read = os.read(terminal, 4096)
                except OSError:
                    # Linux says so when the other side is closed.
                    break
                if not read:
                    break
                shown += read
                if answer and b"[y/N] " in shown:
                    os.write(terminal, answer.encode() + b"\n")
                    answer = ""
        finally:
            os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode().replace("\r\n", "\n")


def shelf(folder: Path, address: str) -> Shell:
    """A shell whose server has a pipeline `words` with a file that succeeded and one that failed."""
    (folder / "a.txt").write_text(TEXT)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    shell = Shell(folder, address)
    assert shell.run("pipeline", "create", "words", "parser", "json-to-txt", "keyword-db").returncode == 0
    submission = ("process", "a.txt", "broken.pdf", "--pipeline", "words", "--dir", "/box", "--tag", "author=orwell")
    done = shell.run(*submission, "--keep-names", "--expire", "2h", "--priority", "high", "--save-dir", "out")
    assert done.returncode == 1, done.stderr
    return shell
