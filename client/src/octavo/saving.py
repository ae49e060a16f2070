"""Puts an output into a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from octavo.statuses import Output


def save(output: Output, directory: str, file_id: str) -> str:
    """Write the output to `<directory>/<file_id><extension>` in one step, and return that path.

    The extension is the one the server proposes; nothing else of its proposal is used, so no server can choose where
    a file goes. Raises OSError.
    """
    path = f"{directory.rstrip('/')}/{file_id}{Path(output.file_name).suffix}"
    # A reader of the path sees the whole output or none.
    unfinished = Path(f"{path}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(output.content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
