"""`python -m benchmarks [NAME...] [OPTION...]`: measure, print a table, write build/bench.json."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.catalog import BENCHMARKS
from benchmarks.rig.effort import FULL, QUICK
from benchmarks.rig.figure import LeftOutError
from benchmarks.rig.report import Report


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}; these are: {', '.join(BENCHMARKS)}")
    effort = replace(QUICK if arguments.quick else FULL, folder=arguments.folder, corpus=arguments.corpus)
    report, begin = Report(), time.perf_counter()
    report.begin()
    for name in arguments.names or BENCHMARKS:
        report.progress(name)
        try:
            for figure in BENCHMARKS[name](effort, lambda text, name=name: report.progress(f"{name}: {text}")):
                report.add(figure)
        except LeftOutError as reason:
            report.leave_out(name, str(reason))
    path = report.write()
    print(f"{path} written after {time.perf_counter() - begin:.0f} s. A ratio of 1.00 is as good as the reference.")
    if arguments.quick:
        print("--quick is for a first look; its figures are too short to quote.", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Octavo on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="a first look, in about a minute")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="documents for parse_throughput; default: generated")
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="documents for corpus_*; default: these are left out"
    )
    return parser


if __name__ == "__main__":
    main()
