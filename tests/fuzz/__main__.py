"""What `make fuzz` runs. Ends with 1 if a child crashed, hung, or failed in a way nobody foresaw."""

import argparse
import asyncio
import itertools
import secrets
import sys
import time
from collections.abc import Iterator

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.ports.runner import Refused, Task
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.process import ChildUnusableError
from octavo_server.worker.sandbox import Sandbox
from tests.fuzz.cases import Case, Cases
from tests.fuzz.findings import FOLDER, Findings, save
from tests.fuzz.noise import Noise
from tests.fuzz.originals import originals

CHILDREN = 2
LIMITS = ChildLimits(jobs_max=200)
"""Replaced often: a child writes only so much to stderr in its life."""
DOCUMENT_SECONDS_MAX = 20.0
"""The documents are small; one that takes longer is a finding."""
STUCK_SECONDS_MAX = 3 * DOCUMENT_SECONDS_MAX
"""After the end, for the last documents."""
MODEL = "sentence"
SEED_BITS = 32


class Fuzz:
    """One run."""

    def __init__(self, sandbox: Sandbox, cases: Cases, module: str) -> None:
        self._sandbox = sandbox
        self._cases = cases
        self._module = module
        self.noise = Noise()
        self.findings = Findings()

    async def run(self, numbers: Iterator[int], *, seconds: float) -> None:
        """Go through the numbers until they or the seconds end."""
        self.noise.listen()
        end = time.monotonic() + seconds
        # A server tries for ever to start a child; here that is a failure.
        async with asyncio.timeout(seconds + STUCK_SECONDS_MAX), asyncio.TaskGroup() as group:
            for index in range(CHILDREN):
                group.create_task(self._repeat(numbers, end), name=f"fuzz {index}")

    async def _repeat(self, numbers: Iterator[int], end: float) -> None:
        for number in numbers:
            if time.monotonic() > end:
                return
            await self._one(self._cases.case(number))

    async def _one(self, case: Case) -> None:
        task = Task(
            run=ModuleRun(name=self._module, key=self._module, model=MODEL if self._module == "parser" else "text"),
            file_name=case.name,
            media_type="",
            source=case.content,
            seconds_max=DOCUMENT_SECONDS_MAX,
        )
        while True:
            async with self._sandbox.child() as child:
                self.noise.taken(child.pid)
                try:
                    outcome = await child.run(task, _ignore)
                except ChildUnusableError:
                    # It died of nothing we did: another one takes the case.
                    continue
                if isinstance(outcome, Refused) and outcome.reason == "MODULE_ERROR":
                    # The traceback comes through another pipe than the outcome.
                    await asyncio.sleep(0.05)
            self.findings.judge(case, outcome, self.noise.taken(child.pid))
            return


def main() -> int:
    """0: nothing was found."""
    arguments = _parser().parse_args()
    seed = secrets.randbits(SEED_BITS) if arguments.seed is None else arguments.seed
    numbers = itertools.count() if arguments.case is None else iter([arguments.case])
    cases = Cases(originals(), seed)
    if arguments.case is not None:
        print(f"The document: {save(cases.case(arguments.case))}")
    print(f"seed {seed}, for {arguments.seconds:g} s", flush=True)
    fuzz = asyncio.run(_run(cases, numbers, arguments))
    print(f"{fuzz.findings.ends.total():,} damaged documents")
    for end, count in fuzz.findings.ends.most_common():
        print(f"  {count:>7,}  {end}")
    for line, count in fuzz.noise.unforeseen.most_common():
        print(f"  {count:>7,}  taken for damaged, though nobody foresaw it: {line}")
    for kind, count in fuzz.findings.kinds.most_common():
        print(f"FOUND {count} x {kind}")
    if fuzz.findings.kinds:
        print(f"Documents and tracebacks: {FOLDER}")
    return 1 if fuzz.findings.kinds else 0


async def _run(cases: Cases, numbers: Iterator[int], arguments: argparse.Namespace) -> Fuzz:
    async with Sandbox(limits=LIMITS, children=CHILDREN) as sandbox:
        fuzz = Fuzz(sandbox, cases, arguments.module)
        try:
            await fuzz.run(numbers, seconds=arguments.seconds)
        except TimeoutError:
            sys.exit(f"no child can work any more: is there something wrong with the modules?\n{fuzz.noise.last}")
    return fuzz


def _ignore(_progress: Progress) -> None:
    """Nobody watches."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, help="repeats a run; default: a new one")
    parser.add_argument("--case", type=int, metavar="NUMBER", help="only this one of the seed's, and save its document")
    parser.add_argument("--module", default="parser", choices=("parser", "extract"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
