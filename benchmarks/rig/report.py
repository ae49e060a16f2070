"""Prints figures as they come, and writes build/bench.json."""

import json
import sys
from pathlib import Path

from benchmarks.rig.figure import Figure

PATH = Path(__file__).parents[2] / "build" / "bench.json"
_ROW = "{:<22} {:>10} {:<8} {:>10}  {:>6}  {:<13} {:<7} {}"
_UNSEEN = "\r\033[K"


class Report:
    """The figures of one run."""

    def __init__(self) -> None:
        self._figures: list[Figure] = []
        self._is_terminal = sys.stderr.isatty()

    def begin(self) -> None:
        """Print the head of the table."""
        print(_ROW.format("name", "value", "unit", "reference", "ratio", "aim", "", "measured against"), flush=True)

    def progress(self, text: str) -> None:
        """What is being measured now; on a terminal in a line that the next figure takes over."""
        if self._is_terminal:
            sys.stderr.write(f"{_UNSEEN}... {text}")
            sys.stderr.flush()

    def add(self, figure: Figure) -> None:
        """Print a row, and keep it for `write`."""
        if self._is_terminal:
            sys.stderr.write(_UNSEEN)
            sys.stderr.flush()
        self._figures.append(figure)
        met = "" if figure.aim is None else "met" if figure.aim.is_met(figure) else "MISSED"
        print(
            _ROW.format(
                figure.name,
                _number(figure.value),
                figure.unit,
                _number(figure.reference_value),
                f"{figure.ratio:.2f}",
                str(figure.aim or ""),
                met,
                figure.reference + (f" ({figure.note})" if figure.note else ""),
            ).rstrip(),
            flush=True,
        )

    def leave_out(self, name: str, reason: str) -> None:
        """Say why a figure is missing."""
        if self._is_terminal:
            sys.stderr.write(_UNSEEN)
            sys.stderr.flush()
        print(f"{name:<22} left out: {reason}", flush=True)

    def write(self) -> Path:
        """Write what was measured; the file."""
        PATH.parent.mkdir(exist_ok=True)
        PATH.write_text(json.dumps([_entry(figure) for figure in self._figures], indent=2) + "\n")
        return PATH


def _entry(figure: Figure) -> dict[str, str | float]:
    return {
        "name": figure.name,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "reference": figure.reference,
        "reference_value": round(figure.reference_value, 4),
        "ratio": round(figure.ratio, 4),
    }


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"
