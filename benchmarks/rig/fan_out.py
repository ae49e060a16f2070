"""Many streams that watch one job, and one change that all of them are told.

    python -m benchmarks.rig.fan_out ADDRESS --streams N --pid SERVER_PID

Prints JSON: kb_per_stream (growth of the server's memory), tell_all_seconds (from the call that makes the change to the
last receipt), server_cpu_seconds (of that time), open_seconds, event_bytes.
"""

import argparse
import asyncio
import json
import time

import psutil

from benchmarks.rig.client import Connection, run
from octavo.v1.processing_service_pb2 import CancelProcessRequest, StatusWatchRequest

STREAMS_PER_CONNECTION = 500
OPENING_AT_ONCE = 200
HEARTBEAT_SECONDS = 60
SETTLE_SECONDS = 1.0


class Watchers:
    """Streams over several connections, and when each had its second message."""

    def __init__(self, connections: list[Connection], request_id: str) -> None:
        self._connections = connections
        self._request = StatusWatchRequest(request_ids=[request_id])
        self._request.heartbeat_interval.seconds = HEARTBEAT_SECONDS
        self._gate = asyncio.Semaphore(OPENING_AT_ONCE)
        self._streams = []

    async def open(self, count: int) -> None:
        """Returns when each has its first message: it is told of everything from now on."""
        async with asyncio.TaskGroup() as group:
            for index in range(count):
                group.create_task(self._open(self._connections[index % len(self._connections)]))

    async def receive(self) -> tuple[float, int]:
        """When the last one had its next message, and the message's size."""
        receipts = await asyncio.gather(*(self._receive(stream) for stream in self._streams))
        return max(receipts)

    async def end(self) -> None:
        """Returns when the server has ended them all: a process that goes before them can hang in gRPC."""
        await asyncio.gather(*(stream.code() for stream in self._streams))

    async def _open(self, connection: Connection) -> None:
        async with self._gate:
            stream = connection.processing.StatusWatch(self._request)
            await stream.read()
            self._streams.append(stream)

    async def _receive(self, stream) -> tuple[float, int]:
        event = await stream.read()
        return time.perf_counter(), event.ByteSize()


async def _main() -> None:
    arguments = _parser().parse_args()
    server = psutil.Process(arguments.pid)
    connection_count = -(-arguments.streams // STREAMS_PER_CONNECTION)
    connections = [await Connection.open(arguments.address) for _ in range(connection_count)]
    request_id = await connections[0].submit()
    watchers = Watchers(connections, request_id)
    rss_before, begin = server.memory_info().rss, time.perf_counter()
    await watchers.open(arguments.streams)
    open_seconds = time.perf_counter() - begin
    receiving = asyncio.create_task(watchers.receive(), name="receive")
    await asyncio.sleep(SETTLE_SECONDS)
    rss_after, cpu_before = server.memory_info().rss, _cpu_seconds(server)
    begin = time.perf_counter()
    await connections[0].processing.CancelProcess(CancelProcessRequest(request_id=request_id))
    end, event_bytes = await receiving
    cpu_after = _cpu_seconds(server)
    await watchers.end()
    result = {
        "kb_per_stream": (rss_after - rss_before) / arguments.streams / 1e3,
        "tell_all_seconds": end - begin,
        "server_cpu_seconds": cpu_after - cpu_before,
        "open_seconds": open_seconds,
        "event_bytes": event_bytes,
    }
    print(json.dumps(result))


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--streams", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True)
    return parser


if __name__ == "__main__":
    run(_main())
