"""All benchmarks by name, in the order they run."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks import (
    accepts,
    at_100k_calls,
    at_100k_expiry,
    at_100k_start,
    corpus_cpu,
    corpus_vs_tika_server,
    idle_cpu,
    parse_throughput,
    push_delay,
    ready,
    server_rss,
    status_calls,
    watchers,
)
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Figure
from benchmarks.rig.rounds import Progress

Benchmark = Callable[[Effort, Progress], Iterator[Figure]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "status_calls": status_calls.measure,
    "accepts": accepts.measure,
    "push_delay": push_delay.measure,
    "watchers": watchers.measure,
    "parse_throughput": parse_throughput.measure,
    "corpus_cpu": corpus_cpu.measure,
    "corpus_vs_tika_server": corpus_vs_tika_server.measure,
    "idle_cpu": idle_cpu.measure,
    "ready": ready.measure,
    "server_rss": server_rss.measure,
    "at_100k_start": at_100k_start.measure,
    "at_100k_calls": at_100k_calls.measure,
    "at_100k_expiry": at_100k_expiry.measure,
}
