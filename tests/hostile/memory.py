"""What a server and its child processes hold, looked at all the time.

The kernel keeps each process' high-water mark (VmHWM in /proc/PID/status), but a child outlives many documents and may
end at any moment. So each child is read every few milliseconds: its mark, if it rose while the document was at work
(then it is exact), and what it holds just now (VmRSS).
"""

import threading
from pathlib import Path
from typing import Self

SAMPLE_SECONDS = 0.004
"""A process fills about 4 MB in this time."""
_KIB = 1024


class MemoryWatch:
    """Samples in a thread of its own while the context lasts."""

    def __init__(self, server_pid: int) -> None:
        self._server_pid = server_pid
        self._lock = threading.Lock()
        self._marks: dict[int, int] = {}
        self._children_peak = 0
        self.server_peak_bytes = 0
        """The most that the server itself held."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def begin(self) -> None:
        """From now on, peaks are those of the next document."""
        with self._lock:
            self._marks = {pid: mark for pid in self._children() if (mark := _memory(pid).mark)}
            self._children_peak = 0

    def peak_bytes(self) -> int:
        """The most that any one child held since `begin`."""
        self._sample()
        with self._lock:
            return self._children_peak

    def server_bytes(self) -> int:
        """What the server itself holds now."""
        return _memory(self._server_pid).resident

    def _run(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        with self._lock:
            self.server_peak_bytes = max(self.server_peak_bytes, _memory(self._server_pid).resident)
            for pid in self._children():
                memory = _memory(pid)
                has_risen = memory.mark > self._marks.get(pid, 0)
                self._children_peak = max(self._children_peak, memory.mark if has_risen else memory.resident)

    def _children(self) -> list[int]:
        pids: list[int] = []
        for task in Path(f"/proc/{self._server_pid}/task").glob("*/children"):
            try:
                pids += map(int, task.read_text().split())
            except OSError:
                # The thread, or the whole server, has ended.
                continue
        return pids


class _Memory:
    """One process' lines; zeros if it has gone."""

    def __init__(self, status: str) -> None:
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        self.mark = _bytes(fields.get("VmHWM", ""))
        self.resident = _bytes(fields.get("VmRSS", ""))


def _memory(pid: int) -> _Memory:
    try:
        return _Memory(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return _Memory("")


def _bytes(field: str) -> int:
    """A field reads like "  1024 kB"."""
    return int(field.split(maxsplit=1)[0]) * _KIB if field else 0
