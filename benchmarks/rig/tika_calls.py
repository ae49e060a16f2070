"""A list of documents through a Tika Server with the `tika` client, in some processes at a time.

    python -m benchmarks.rig.tika_calls ENDPOINT LIST --callers N

LIST is a file with a path a line. Prints JSON: seconds, succeeded, failed (an error, or no text), client_cpu_seconds.
"""

import argparse
import json
import multiprocessing
import os
import time
from pathlib import Path

# Read when the client is imported: it must never start a server of its own.
os.environ["TIKA_CLIENT_ONLY"] = "1"
DOCUMENT_SECONDS_MAX = 120
OK = 200


def _text(endpoint: str, path: Path) -> bool:
    from tika import parser  # noqa: PLC0415  # only callers need it

    options = {"timeout": DOCUMENT_SECONDS_MAX}
    parsed = parser.from_buffer(path.read_bytes(), serverEndpoint=endpoint, requestOptions=options)
    return parsed.get("status") == OK and bool((parsed["content"] or "").strip())


def _call(job: tuple[str, Path]) -> tuple[bool, int, float]:
    """Did a text come, and how much CPU time has this process taken since it was started?"""
    has_text = _text(*job)
    return has_text, os.getpid(), time.process_time()


def _start(endpoint: str) -> None:
    """Import, and say hello: what a caller does once."""
    from tika import parser  # noqa: PLC0415

    parser.from_buffer(b"hello", serverEndpoint=endpoint)


def _main() -> None:
    arguments_parser = argparse.ArgumentParser()
    arguments_parser.add_argument("endpoint")
    arguments_parser.add_argument("list", type=Path)
    arguments_parser.add_argument("--callers", type=int, required=True)
    arguments = arguments_parser.parse_args()
    jobs = [(arguments.endpoint, Path(line)) for line in arguments.list.read_text().splitlines()]
    with multiprocessing.get_context("spawn").Pool(arguments.callers, _start, (arguments.endpoint,)) as pool:
        # Callers are started when each has answered once.
        pool.map(_call, jobs[: arguments.callers], chunksize=1)
        begin = time.perf_counter()
        results = pool.map(_call, jobs, chunksize=1)
        seconds = time.perf_counter() - begin
    spent: dict[int, list[float]] = {}
    for _, pid, cpu_seconds in results:
        spent.setdefault(pid, []).append(cpu_seconds)
    succeeded = sum(has_text for has_text, _, _ in results)
    client_cpu_seconds = sum(max(one) - min(one) for one in spent.values())
    failed = len(jobs) - succeeded
    print(
        json.dumps(
            {
                "seconds": seconds,
                "succeeded": succeeded,
                "failed": failed,
                "client_cpu_seconds": client_cpu_seconds,
            }
        )
    )


if __name__ == "__main__":
    _main()
