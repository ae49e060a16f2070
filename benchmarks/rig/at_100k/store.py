"""The store on disk: made once for each state of the code that makes it, copied for each that changes it."""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import octavo_server
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import DATA_PARENT
from octavo_server.engines.sqlite.data_dir import DATABASE_NAME

SECONDS_MAX = 600
"""A store that takes longer to make hangs."""
_PREFIX = "at-100k-"
_SERVER = Path(octavo_server.__file__).parent
_HERE = Path(__file__).parent
_SOURCES = (
    *(_SERVER / "engines").rglob("*.*"),
    *(_SERVER / "domain").glob("*.py"),
    *(_HERE / name for name in ("fill.py", "plan.py", "vocabulary.py")),
)
"""What the store follows from."""


def made(progress: Progress) -> Path:
    """The data folder; made, in about a minute, if the one of the last run was made by other code. Nobody may write
    to it.
    """
    folder = DATA_PARENT / f"{_PREFIX}{_code_digest()}"
    if folder.exists():
        return folder
    DATA_PARENT.mkdir(exist_ok=True)
    for old in DATA_PARENT.glob(f"{_PREFIX}*"):
        shutil.rmtree(old)
    progress("making the store, about a minute")
    # Renamed when it is whole.
    unfinished = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}unfinished-", dir=DATA_PARENT))
    command = [sys.executable, "-m", "benchmarks.rig.at_100k.fill", str(unfinished)]
    subprocess.run(command, check=True, timeout=SECONDS_MAX)
    return unfinished.rename(folder)


@contextmanager
def copied(progress: Progress) -> Iterator[Path]:
    """A copy of the store, gone afterwards."""
    original = made(progress)
    progress("copying the store")
    with tempfile.TemporaryDirectory(prefix="benchmark-data-", dir=DATA_PARENT) as folder:
        yield Path(shutil.copytree(original, folder, dirs_exist_ok=True))


def expire_all(data_dir: Path, *, in_seconds: float) -> float:
    """Let all jobs of a store that no server uses expire at the same time; when that is."""
    at = time.time() + in_seconds
    connection = sqlite3.connect(data_dir / DATABASE_NAME)
    with connection:
        connection.execute("UPDATE jobs SET expire_time = ?1, body = json_set(body, '$.expire_time', ?1)", (at,))
    connection.close()
    return at


def _code_digest() -> str:
    sources = sorted(path for path in _SOURCES if path.suffix in (".py", ".sql"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
