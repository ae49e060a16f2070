"""Resident memory of the server process: when it is ready, and after a load of accepts and status calls.

The rival is a bare grpc.aio server after the same load: Python, gRPC and protobuf. The child processes that run modules
come on top; the note tells what all of them take together when idle, shared pages counted once.
"""

from collections.abc import Iterator

from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import Bare, Octavo, Server

METHODS = ("Process", "ProcessStatus")


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    with Octavo() as octavo, Bare() as bare:
        children = f"its idle children {octavo.children_mb():.0f} MB"
        yield _figure("server_rss_ready", octavo, bare, children)
        for server in (octavo, bare):
            progress(f"load on {server.name}")
            for method in METHODS:
                load("calls", server.address, method, "--pid", server.pid, "--seconds", effort.load_seconds)
        yield _figure("server_rss_loaded", octavo, bare, "")


def _figure(name: str, octavo: Server, bare: Server, note: str) -> Figure:
    return Figure(
        name=name,
        value=octavo.rss_mb(),
        unit="MB",
        reference="bare grpc.aio server",
        reference_value=bare.rss_mb(),
        less_is_better=True,
        note=note,
    )
