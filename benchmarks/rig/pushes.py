"""State changes, one at a time, each with a watcher: how long until the watcher has it.

    python -m benchmarks.rig.pushes ADDRESS --count N

Prints JSON: p50_ms and p99_ms from the change's update_time to its receipt, cancel_ms (the median of the whole call
that makes the change), and event_bytes.
"""

import argparse
import asyncio
import json
import time
from statistics import median, quantiles

from benchmarks.rig.client import Connection, run
from octavo.v1.processing_service_pb2 import CancelProcessRequest, StatusWatchRequest

WARM_UP_PUSHES = 20


async def _push(submitter: Connection, watcher: Connection) -> tuple[float, float, int]:
    """Milliseconds until the watcher has it, milliseconds of the call, and the event's size."""
    request_id = await submitter.submit()
    events = watcher.processing.StatusWatch(StatusWatchRequest(request_ids=[request_id]))
    await events.read()

    async def receive() -> tuple[int, object]:
        event = await events.read()
        return time.time_ns(), event

    receiving = asyncio.create_task(receive())
    begin = time.perf_counter()
    await submitter.processing.CancelProcess(CancelProcessRequest(request_id=request_id))
    call_seconds = time.perf_counter() - begin
    received, event = await receiving
    delay_ms = (received - event.status.update_time.ToNanoseconds()) / 1e6
    await events.code()
    return delay_ms, call_seconds * 1e3, event.ByteSize()


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--count", type=int, required=True)
    arguments = parser.parse_args()
    submitter, watcher = await Connection.open(arguments.address), await Connection.open(arguments.address)
    for _ in range(WARM_UP_PUSHES):
        await _push(submitter, watcher)
    pushes = [await _push(submitter, watcher) for _ in range(arguments.count)]
    delays = [delay for delay, _, _ in pushes]
    result = {
        "p50_ms": median(delays),
        "p99_ms": quantiles(delays, n=100)[-1],
        "cancel_ms": median(call for _, call, _ in pushes),
        "event_bytes": pushes[0][2],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    run(_main())
