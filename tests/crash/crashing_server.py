"""The real server, except that it kills itself with SIGKILL at one named boundary.

`python -m tests.crash.crashing_server BOUNDARY serve ...`: the engine and the blobs behind it are the real ones, with
a trap around one call. Not a fake: what a kill -9 at that very point leaves behind is what the next start finds.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from octavo_server.bootstrap import Adapters, Application, adapters
from octavo_server.domain.ids import BlobKey
from octavo_server.domain.jobs import Job, JobState, ModuleState
from octavo_server.ports.engine import Accepted, Lease
from octavo_server.settings import read_settings

AFTER_BLOB = "after-blob"
AFTER_COMMIT = "after-commit"
DURING_MODULE = "during-module"
BEFORE_RECORD = "before-record"
AFTER_RECORD = "after-record"
BOUNDARIES = (AFTER_BLOB, AFTER_COMMIT, DURING_MODULE, BEFORE_RECORD, AFTER_RECORD)


class _Trapped:
    """Passes everything on to the real thing."""

    def __init__(self, real: Any, boundary: str) -> None:
        self._real = real
        self._boundary = boundary

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def _reach(self, boundary: str) -> None:
        if boundary == self._boundary:
            os.kill(os.getpid(), signal.SIGKILL)


class TrappedBlobs(_Trapped):
    async def put(self, key: BlobKey, data: bytes | BinaryIO) -> None:
        await self._real.put(key, data)
        self._reach(AFTER_BLOB)


class TrappedEngine(_Trapped):
    async def accept(self, job: Job, inline: bytes | None) -> Accepted:
        accepted = await self._real.accept(job, inline)
        self._reach(AFTER_COMMIT)
        return accepted

    async def record(self, lease: Lease, job: Job, inline: bytes | None = None) -> Job:
        is_result = job.state is JobState.SUCCEEDED
        if is_result:
            self._reach(BEFORE_RECORD)
        recorded = await self._real.record(lease, job, inline)
        if is_result:
            self._reach(AFTER_RECORD)
        elif job.runs[0].state is ModuleState.RUNNING:
            self._reach(DURING_MODULE)
        return recorded


async def main(boundary: str, options: dict[str, Any], on_ready: Callable[[str], None]) -> None:
    settings = read_settings(options, {})
    async with adapters(settings) as real:
        trapped = Adapters(TrappedEngine(real.engine, boundary), TrappedBlobs(real.blobs, boundary), real.uploads)
        await Application(settings, None, trapped).run(on_ready)


if __name__ == "__main__":
    _, where, listen, data_dir = sys.argv
    asyncio.run(
        main(
            where,
            {"listen": listen, "data_dir": Path(data_dir), "workers": 1},
            lambda address: print(f"listening on {address}", flush=True),
        )
    )
