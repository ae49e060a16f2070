"""Processor time of whole processes."""

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its threads and its children so far, those that ended included."""
    parent = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:4]) for process in (parent, *parent.children(recursive=True)))
