"""What `make nasty` runs. Ends with 1 if a rule of verdict.py is broken."""

import argparse
import asyncio
import math
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import octavo
from tests.hostile import printing
from tests.hostile.documents import NoDocumentsError, hostile_documents, secret_of
from tests.hostile.innocents import Innocents
from tests.hostile.memory import MemoryWatch
from tests.hostile.result import Result
from tests.hostile.trial import PIPELINE, Trial
from tests.hostile.verdict import INNOCENTS_MIN, SLACK_SECONDS, Run
from tests.servers import ServerProcess

TEXT_BYTES_MAX = 100 * 1024 * 1024
"""Instead of the server's 2 MiB: the larger a hostile text, the better."""
MODULE_SECONDS_MAX = 120.0
"""The server's default, said again because the rules need it."""
WORKERS = 2
MB = 1_000_000


def main() -> int:
    """0: all rules hold, or there is nothing to run; 1: a rule is broken."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="octavo-hostile-") as scratch:
        folder = Path(scratch) / "documents"
        folder.mkdir()
        try:
            paths = hostile_documents(arguments.source, folder)
        except NoDocumentsError as nothing:
            print(nothing)
            return 0
        run = _run(paths, Path(scratch) / "data", arguments)
    (printing.print_json if arguments.json else printing.print_summary)(run)
    return 1 if run.broken_rules() else 0


def _run(paths: Sequence[Path], data: Path, arguments: argparse.Namespace) -> Run:
    environment = {
        "OCTAVO_TEXT_BYTES_MAX": str(TEXT_BYTES_MAX),
        "OCTAVO_MODULE_SECONDS_MAX": str(arguments.module_seconds_max),
    }
    if not arguments.json:
        settings = " ".join(f"{name}={value}" for name, value in environment.items())
        print(f"octavo-server serve --workers {WORKERS}, {settings}, all else as it comes; module {arguments.module}\n")
        printing.print_head()
    server = ServerProcess(data, "--workers", str(WORKERS), environment=environment)
    try:
        with server, MemoryWatch(server.pid) as memory:
            return asyncio.run(_measure(server, memory, paths, arguments))
    finally:
        if arguments.log:
            shutil.copyfile(server.log, arguments.log)


async def _measure(
    server: ServerProcess, memory: MemoryWatch, paths: Sequence[Path], arguments: argparse.Namespace
) -> Run:
    patience = octavo.Patience(unavailable_seconds_max=SLACK_SECONDS)
    async with octavo.Client(server.address, patience=patience) as client:
        await client.create_pipeline(PIPELINE, [arguments.module])
        innocents = Innocents(client)
        # The first load warms everything up, and grows what a busy server needs.
        await innocents.documents_per_second()
        before_rate, before_bytes = await innocents.documents_per_second(), memory.server_bytes()
        memory.server_peak_bytes = before_bytes
        trial = Trial(client, secret=secret_of(paths), seconds_max=3 * arguments.module_seconds_max + SLACK_SECONDS)
        results = []
        async for result in _results(trial, innocents, memory, paths):
            results.append(result)
            if not arguments.json:
                printing.print_result(result)
        after_bytes, peak_bytes = memory.server_bytes(), memory.server_peak_bytes
        is_alive = after_bytes > 0
        after_rate = await innocents.documents_per_second() if is_alive else 0.0
    return Run(
        results=results,
        module_seconds_max=arguments.module_seconds_max,
        innocents=innocents.ends,
        server_mb_before=before_bytes / MB,
        server_mb_after=after_bytes / MB,
        server_mb_peak=peak_bytes / MB,
        documents_per_second_before=before_rate,
        documents_per_second_after=after_rate,
        is_server_alive=is_alive,
    )


async def _results(
    trial: Trial, innocents: Innocents, memory: MemoryWatch, paths: Sequence[Path]
) -> AsyncGenerator[Result]:
    """One hostile document at a time, so that what a child holds can be told to be its doing."""
    beside = math.ceil(INNOCENTS_MIN / len(paths))
    for path in paths:
        memory.begin()
        honest = asyncio.create_task(innocents.beside(beside), name="innocent documents")
        result = await trial.run(path)
        peak_bytes = memory.peak_bytes()
        await honest
        yield replace(result, peak_mb=peak_bytes / MB)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("source", type=Path, help="a folder of documents, or a script that writes them: SCRIPT FOLDER")
    parser.add_argument("--module", default="parser", help="of the pipeline; default: parser")
    parser.add_argument("--module-seconds-max", type=float, default=MODULE_SECONDS_MAX, metavar="SECONDS")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep the server's log there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
