"""The report, for people; colours only where they are seen."""

import json
import sys

from tests.hostile.result import End, Result
from tests.hostile.verdict import CHILD_MB_MAX, SERVER_MB_MORE_MAX, Run

_COLOURS = {End.TEXT: "32", End.FAILED: "33", End.REFUSED: "36", End.NO_END: "31", End.NO_SERVER: "31"}
_LINE = "{name:<26} {end} {reason:<21} {seconds:>7} {peak:>8} {attempts:>8}  {message}"
_MESSAGE_CHARS_MAX = 110


def print_head() -> None:
    """What the columns are."""
    end = f"{'outcome':<9}"
    print(_LINE.format(
        name="document", end=end, reason="reason", seconds="seconds", peak="peak MB", attempts="attempts", message=""
    ).rstrip(), flush=True)  # fmt: skip


def print_result(result: Result) -> None:
    """A line a document."""
    message = result.message
    if len(message) > _MESSAGE_CHARS_MAX:
        message = message[:_MESSAGE_CHARS_MAX].rstrip() + "..."
    print(_LINE.format(
        name=result.name,
        end=_coloured(f"{result.end:<9}", _COLOURS[result.end]),
        reason=result.reason,
        seconds=f"{result.seconds:.1f}",
        peak=f"{result.peak_mb:,.0f}",
        attempts=result.attempts or "",
        message=message,
    ), flush=True)  # fmt: skip


def print_summary(run: Run) -> None:
    """The worst of it, and the rules that were broken."""
    slowest = max(run.results, key=lambda result: result.seconds)
    largest = max(run.results, key=lambda result: result.peak_mb)
    more_mb = run.server_mb_after - run.server_mb_before
    print(f"\n{len(run.results)} hostile documents, one at a time.")
    print(f"  slowest:      {slowest.seconds:.1f} s, {slowest.name}")
    print(f"  largest:      {largest.peak_mb:,.0f} MB in a child, {largest.name} (rule: {CHILD_MB_MAX:,})")
    print(
        f"  server:       {run.server_mb_before:.0f} MB before, {run.server_mb_after:.0f} after ({more_mb:+.0f}),"
        f" {run.server_mb_peak:.0f} at its peak (rule: less than {SERVER_MB_MORE_MAX} more)"
    )
    print(f"  innocents:    {run.innocents['succeeded']} of {run.innocents.total()} beside them succeeded")
    print(
        f"  throughput:   {run.documents_per_second_before:.0f} documents/s before,"
        f" {run.documents_per_second_after:.0f} after ({run.throughput_ratio:.2f})"
    )
    print("Peak MB: the most that any child held while the document was at work (VmHWM, VmRSS; read every 4 ms).")
    broken = run.broken_rules()
    for sentence in broken:
        print(_coloured(f"BROKEN: {sentence}", "31"))
    if not broken:
        print(_coloured("All rules hold.", "32"))


def print_json(run: Run) -> None:
    """All of it, for scripts."""
    whole = {
        "documents": [result.to_json() for result in run.results],
        "innocents": dict(run.innocents),
        "server_mb": {"before": run.server_mb_before, "after": run.server_mb_after, "peak": run.server_mb_peak},
        "documents_per_second": {"before": run.documents_per_second_before, "after": run.documents_per_second_after},
        "throughput_ratio": run.throughput_ratio,
        "worst_seconds": run.worst_seconds,
        "worst_peak_mb": run.worst_peak_mb,
        "broken_rules": run.broken_rules(),
    }
    print(json.dumps(whole, indent=2))


def _coloured(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text
