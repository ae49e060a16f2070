"""A folder of documents through a server: how many a second it finishes.

    python -m benchmarks.rig.folder ADDRESS LIST

LIST is a file with a path a line. Prints JSON: seconds from the first submission to the end of the last job, and how
many jobs succeeded and failed.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from pathlib import Path

from benchmarks.rig.client import Connection, run
from benchmarks.rig.messages import PIPELINE
from octavo.v1.job_pb2 import JobState
from octavo.v1.processing_service_pb2 import ProcessRequest, StatusWatchRequest

SUBMITTING_AT_ONCE = 8
JOBS_PER_WATCH = 100
FINAL = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


class Folder:
    """Documents that are submitted and watched to their ends."""

    def __init__(self, connection: Connection) -> None:
        self._processing = connection.processing
        self._gate = asyncio.Semaphore(SUBMITTING_AT_ONCE)
        self.ends: Counter[str] = Counter()

    async def process(self, paths: list[Path]) -> None:
        """Returns when all have ended. Watches the first while it submits the others."""
        async with asyncio.TaskGroup() as group:
            for index in range(0, len(paths), JOBS_PER_WATCH):
                group.create_task(self._process(paths[index : index + JOBS_PER_WATCH]), name=f"watch {index}")

    async def _process(self, paths: list[Path]) -> None:
        request_ids = await asyncio.gather(*(self._submit(path) for path in paths))
        async for event in self._processing.StatusWatch(StatusWatchRequest(request_ids=request_ids)):
            state = JobState.Name(event.status.state)
            if state in FINAL:
                self.ends[state] += 1

    async def _submit(self, path: Path) -> str:
        async with self._gate:
            content = path.read_bytes()  # noqa: ASYNC240  # a local file, and nothing else this process should do
            request = ProcessRequest(pipeline=PIPELINE, content=content, source_file_name=path.name)
            return (await self._processing.Process(request)).request_id


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("list", type=Path)
    arguments = parser.parse_args()
    paths = [Path(line) for line in arguments.list.read_text().splitlines()]
    folder = Folder(await Connection.open(arguments.address))
    begin = time.perf_counter()
    await folder.process(paths)
    seconds = time.perf_counter() - begin
    succeeded = folder.ends["JOB_STATE_SUCCEEDED"]
    print(json.dumps({"seconds": seconds, "succeeded": succeeded, "failed": folder.ends.total() - succeeded}))


if __name__ == "__main__":
    run(_main())
