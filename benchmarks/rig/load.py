"""Starts load processes, and hands back what they measured."""

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.rig import placement

SECONDS_MAX = 300
"""A load that takes longer hangs."""


def load(module: str, *arguments: object, cpus: frozenset[int] = placement.LOAD) -> dict[str, Any]:
    """Run `benchmarks.rig.MODULE` to its end; the JSON it printed. Raises CalledProcessError or TimeoutExpired."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.rig.{module}", *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=SECONDS_MAX,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus),  # no threads run here: safe
    )
    return json.loads(done.stdout)
