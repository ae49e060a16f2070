"""Jobs and calls, one after the other, before and while the jobs of a store expire.

    python -m benchmarks.rig.expiring ADDRESS DATA_DIR --calm-seconds S --expire-time T

Prints JSON: how many milliseconds each job and each ProcessStatus took (`job_calm_ms`, `job_expiring_ms`,
`status_calm_ms`, `status_expiring_ms`) and `gone_seconds` (from the expiry).
"""

import argparse
import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rig.client import Connection, run
from octavo.v1.processing_service_pb2 import ProcessStatusRequest, StatusWatchRequest
from octavo_server.engines.sqlite.data_dir import DATABASE_NAME

WARM_UP_SECONDS = 2.0
"""Before the calm: children start, caches fill."""
BETWEEN_CALLS_SECONDS = 0.005
BETWEEN_LOOKS_SECONDS = 0.25
EXPIRY_SECONDS_MAX = 240
AFTERWARDS_SECONDS = 10.0
"""Search indexes are given back bit by bit once their jobs are gone, for minutes: so much of that is watched, too."""
LEFT = "SELECT EXISTS (SELECT 1 FROM jobs WHERE expire_time <= ?)"


@dataclass(frozen=True)
class Took:
    """When something began, by the clock of time.time, and how long it took."""

    begin: float
    ms: float


class Samples:
    """Does the same again and again until it is over."""

    def __init__(self, action: Callable[[], Awaitable[None]]) -> None:
        self._action = action
        self._took: list[Took] = []
        self.is_over = False

    async def run(self) -> None:
        """Returns once it is over."""
        while not self.is_over:
            begin, clock = time.time(), time.perf_counter()
            await self._action()
            self._took.append(Took(begin, (time.perf_counter() - clock) * 1e3))
            await asyncio.sleep(BETWEEN_CALLS_SECONDS)

    def within(self, begin: float, end: float) -> list[float]:
        """The milliseconds of all that were under way in between."""
        return [one.ms for one in self._took if one.begin + one.ms / 1e3 >= begin and one.begin < end]


class Left:
    """What is left of the expired jobs on disk."""

    def __init__(self, data_dir: Path, expire_time: float) -> None:
        self._connection = sqlite3.connect(f"{(data_dir / DATABASE_NAME).absolute().as_uri()}?mode=ro", uri=True)
        self._expire_time = expire_time

    async def gone(self) -> float:
        """Returns when nothing is left: so many seconds after the expiry."""
        while time.time() < self._expire_time + EXPIRY_SECONDS_MAX:
            [is_left] = self._connection.execute(LEFT, (self._expire_time,)).fetchone()
            if time.time() > self._expire_time and not is_left:
                break
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
        return time.time() - self._expire_time


async def _main() -> None:
    arguments = _parser().parse_args()
    calm, expire_time = arguments.calm_seconds, arguments.expire_time
    connection, other = await Connection.open(arguments.address), await Connection.open(arguments.address)
    request = ProcessStatusRequest(request_id=await other.submit())

    async def run_job() -> None:
        watched = StatusWatchRequest(request_ids=[await connection.submit()])
        async for _ in connection.processing.StatusWatch(watched):
            pass

    async def ask() -> None:
        await other.processing.ProcessStatus(request)

    left, jobs, calls = Left(arguments.data_dir, expire_time), Samples(run_job), Samples(ask)
    assert time.time() + WARM_UP_SECONDS + calm <= expire_time, "the machine took too long to prepare the store"
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs.run(), name="jobs")
        group.create_task(calls.run(), name="calls")
        gone_seconds = await left.gone()
        await asyncio.sleep(AFTERWARDS_SECONDS)
        end = time.time()
        jobs.is_over = calls.is_over = True
    result = {"gone_seconds": gone_seconds}
    for name, samples in (("job", jobs), ("status", calls)):
        result[f"{name}_calm_ms"] = samples.within(expire_time - calm, expire_time - 0.5)
        result[f"{name}_expiring_ms"] = samples.within(expire_time, end)
    print(json.dumps(result))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--calm-seconds", type=float, required=True)
    parser.add_argument("--expire-time", type=float, required=True)
    return parser


if __name__ == "__main__":
    run(_main())
