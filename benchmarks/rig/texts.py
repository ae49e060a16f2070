"""A list of documents through a server, from the first submission until every text is in hand.

    python -m benchmarks.rig.texts ADDRESS LIST --module MODULE

LIST is a file with a path a line. Jobs are watched in groups; each output is fetched as soon as its job has succeeded.
Prints JSON: seconds, succeeded, failed, bytes (of outputs), client_cpu_seconds.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

import grpc.aio

from benchmarks.rig.client import OPTIONS, run
from octavo.v1.job_pb2 import JOB_STATE_CANCELLED, JOB_STATE_FAILED, JOB_STATE_SUCCEEDED
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2 import FetchOutputRequest, ProcessRequest, StatusWatchRequest
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub

PIPELINE = "texts"
JOBS_PER_WATCH = 40
WATCHES_AT_ONCE = 3
"""So many groups are under way: more than enough for two children, without a queue of a whole corpus."""


class Texts:
    """Documents that are submitted, watched and fetched."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._processing = ProcessingServiceStub(channel)
        self._gate = asyncio.Semaphore(WATCHES_AT_ONCE)
        self.succeeded = 0
        self.failed = 0
        self.bytes = 0

    async def process(self, paths: Sequence[Path]) -> None:
        """Returns when every output is here."""
        async with asyncio.TaskGroup() as group:
            for index in range(0, len(paths), JOBS_PER_WATCH):
                group.create_task(self._group(paths[index : index + JOBS_PER_WATCH]), name=f"documents from {index}")

    async def _group(self, paths: Sequence[Path]) -> None:
        async with self._gate, asyncio.TaskGroup() as fetching:
            request_ids = await asyncio.gather(*map(self._submit, paths))
            async for event in self._processing.StatusWatch(StatusWatchRequest(request_ids=request_ids)):
                if event.status.state == JOB_STATE_SUCCEEDED:
                    fetching.create_task(self._fetch(event.status.request_id), name="fetch")
                elif event.status.state in (JOB_STATE_FAILED, JOB_STATE_CANCELLED):
                    self.failed += 1

    async def _submit(self, path: Path) -> str:
        content = path.read_bytes()  # noqa: ASYNC240  # a local file, and nothing else this process should do
        request = ProcessRequest(pipeline=PIPELINE, content=content, source_file_name=path.name)
        return (await self._processing.Process(request)).request_id

    async def _fetch(self, request_id: str) -> None:
        async for response in self._processing.FetchOutput(FetchOutputRequest(request_id=request_id)):
            self.bytes += len(response.chunk)
        self.succeeded += 1


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("list", type=Path)
    parser.add_argument("--module", required=True)
    arguments = parser.parse_args()
    paths = [Path(line) for line in arguments.list.read_text().splitlines()]
    async with grpc.aio.insecure_channel(arguments.address, options=OPTIONS) as channel:
        pipelines = PipelineServiceStub(channel)
        await pipelines.CreatePipeline(CreatePipelineRequest(name=PIPELINE, module_chain=[arguments.module]))
        texts = Texts(channel)
        begin, begin_cpu = time.perf_counter(), time.process_time()
        await texts.process(paths)
        result = {
            "seconds": time.perf_counter() - begin,
            "succeeded": texts.succeeded,
            "failed": texts.failed,
            "bytes": texts.bytes,
            "client_cpu_seconds": time.process_time() - begin_cpu,
        }
    print(json.dumps(result))


if __name__ == "__main__":
    run(_main())
