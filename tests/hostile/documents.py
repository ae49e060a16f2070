"""Where the hostile documents come from."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WRITE_SECONDS_MAX = 900
"""A script that writes documents for longer hangs."""
SECRET = "secret.txt"
"""The file that others of the folder try to have read to them, if there is one."""


class NoDocumentsError(Exception):
    """There is nothing to run; the message says why, for people."""


def hostile_documents(source: Path, scratch: Path) -> Sequence[Path]:
    """The files of the folder `source`, by name; or those that the script `source` writes into `scratch`.

    None of them is opened here. Raises NoDocumentsError.
    """
    if source.is_file():
        print(f"writing hostile documents with {source.name} ...", file=sys.stderr, flush=True)
        command = [sys.executable, str(source.resolve()), str(scratch)]
        subprocess.run(command, check=True, timeout=WRITE_SECONDS_MAX)
        return _files(scratch)
    if source.is_dir():
        return _files(source)
    raise NoDocumentsError(f"no hostile documents here: {source} does not exist")


def secret_of(paths: Sequence[Path]) -> str:
    """What no document but one may show; empty if the folder has no such file."""
    return next((path.read_text().strip() for path in paths if path.name == SECRET), "")


def _files(folder: Path) -> Sequence[Path]:
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise NoDocumentsError(f"no hostile documents here: {folder} is empty")
    return paths
