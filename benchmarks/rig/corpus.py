"""Documents of many formats from elsewhere (`--corpus DIR`): without them, some figures are left out."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import LeftOutError
from octavo_server.domain.limits import CONTENT_BYTES_MAX
from octavo_server.modules import MODULES

MODULE = "extract"
"""What takes the documents through the service: reading is measured, not cutting into snippets."""


def documents(effort: Effort) -> Sequence[Path]:
    """All of the folder's documents that the module takes by their extension. Raises LeftOutError."""
    folder = effort.corpus
    if folder is None or not folder.is_dir():
        raise LeftOutError("there is no corpus" + (f" at {folder}" if folder else ": name one with --corpus"))
    extensions = set(MODULES[MODULE].spec.extensions)
    # Below the folder itself: there lie documents; in it, what is said about them.
    paths = sorted(path.resolve() for path in folder.glob("*/**/*") if path.suffix.lower() in extensions)
    fitting = [path for path in paths if path.is_file() and 0 < path.stat().st_size <= CONTENT_BYTES_MAX]
    if not fitting:
        raise LeftOutError(f"{folder} has no folder with documents that the module {MODULE} takes")
    return fitting


def written_list(path: Path, paths: Sequence[Path]) -> Path:
    """A file with a path a line, as load processes read it."""
    path.write_text("\n".join(map(str, paths)))
    return path
