"""A load of unary calls, in a process of its own: how many a second come back.

    python -m benchmarks.rig.calls ADDRESS Process|ProcessStatus --pid SERVER_PID --seconds S

Prints JSON: calls_per_second, request_bytes, response_bytes, server_cpu_us (CPU time of the server a call).
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import psutil

from benchmarks.rig.client import Connection, run
from benchmarks.rig.messages import SUBMISSION
from octavo.v1.processing_service_pb2 import ProcessStatusRequest

CONNECTIONS = 4
CALLS_IN_FLIGHT = 64
WARM_UP_SECONDS = 0.5


class Lanes:
    """As many callers as calls in flight, each calling again as soon as it has its answer."""

    def __init__(self, calls: list[Callable[[], Awaitable[object]]]) -> None:
        self._calls = calls
        self._count = 0
        self._is_over = False

    async def rate(self, server: psutil.Process, seconds: float) -> tuple[float, float]:
        """Calls a second, and microseconds of the server's CPU time a call."""
        async with asyncio.TaskGroup() as group:
            for index in range(CALLS_IN_FLIGHT):
                group.create_task(self._lane(self._calls[index % len(self._calls)]), name=f"lane {index}")
            await asyncio.sleep(WARM_UP_SECONDS)
            begin, cpu_begin, count_begin = time.perf_counter(), _cpu_seconds(server), self._count
            await asyncio.sleep(seconds)
            end, cpu_end, count = time.perf_counter(), _cpu_seconds(server), self._count - count_begin
            self._is_over = True
        return count / (end - begin), (cpu_end - cpu_begin) / count * 1e6

    async def _lane(self, call: Callable[[], Awaitable[object]]) -> None:
        while not self._is_over:
            await call()
            self._count += 1


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _main() -> None:
    arguments = _parser().parse_args()
    connections = [await Connection.open(arguments.address) for _ in range(CONNECTIONS)]
    request = SUBMISSION
    if arguments.method == "ProcessStatus":
        request = ProcessStatusRequest(request_id=await connections[0].submit())
    methods = [getattr(connection.processing, arguments.method) for connection in connections]
    response = await methods[0](request)
    lanes = Lanes([lambda method=method: method(request) for method in methods])
    calls_per_second, server_cpu_us = await lanes.rate(psutil.Process(arguments.pid), arguments.seconds)
    result = {
        "calls_per_second": calls_per_second,
        "server_cpu_us": server_cpu_us,
        "request_bytes": request.ByteSize(),
        "response_bytes": response.ByteSize(),
    }
    print(json.dumps(result))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("method", choices=["Process", "ProcessStatus"])
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    return parser


if __name__ == "__main__":
    run(_main())
