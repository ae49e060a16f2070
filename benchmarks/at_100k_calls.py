"""How long callers wait for an answer when the store has 100,000 finished jobs: p99 of each kind of call.

Plain stubs in a process on another core, one call at a time and then eight, each with the default page size. A kind is
made up of cases (rig/at_100k/questions.py): terms that fit one file, none, or most of 90,000; both orders; the first
page, and one some thousand files further on. Each case has the same share in its kind, so one slow case shows in the
p99. The reference is the same calls on a server that holds no job at all: what the call costs before there is anything
to find; what is more goes mostly into the page of up to 100 files itself.
"""

from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from benchmarks.rig.at_100k import store
from benchmarks.rig.effort import Effort
from benchmarks.rig.figure import Aim, Figure
from benchmarks.rig.load import load
from benchmarks.rig.rounds import Progress
from benchmarks.rig.servers import Octavo

AIM = Aim(value_max=50.0)

Cases = list[dict[str, Any]]


def measure(effort: Effort, progress: Progress) -> Iterator[Figure]:
    def answers(octavo: Octavo) -> dict[str, Cases]:
        return load("answers", octavo.address, "--calls", effort.calls_a_case)

    with store.copied(progress) as folder, Octavo(data_dir=folder, workers=0) as octavo, Octavo(workers=0) as empty:
        progress("asking the empty server")
        references = answers(empty)
        progress("asking")
        found = answers(octavo)
    for kind, cases in found.items():
        yield _figure(kind, cases, references[kind])


def _figure(kind: str, cases: Cases, reference: Cases) -> Figure:
    slowest = max(cases, key=lambda case: median(case["alone_ms"]))
    return Figure(
        name=f"at_100k_{kind}",
        value=_p99(cases, "alone_ms"),
        unit="ms",
        reference="the same of an empty server",
        reference_value=_p99(reference, "alone_ms"),
        less_is_better=True,
        aim=AIM,
        note=f"p99; p50 {median(_all(cases, 'alone_ms')):.1f}; 8 at once: p99 {_p99(cases, 'at_once_ms'):.0f};"
        f" slowest: {slowest['case']}, p50 {median(slowest['alone_ms']):.1f}",
    )


def _p99(cases: Cases, key: str) -> float:
    return quantiles(_all(cases, key), n=100)[-1]


def _all(cases: Cases, key: str) -> list[float]:
    return [one for case in cases for one in case[key]]
