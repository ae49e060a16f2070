"""The lines that the facade prints while `verbose` is on; the words are the hosted product's."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from octavo.statuses import ModuleState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from octavo.statuses import Job, JobStatus, ModuleStatus

EXPIRE_SECONDS_DEFAULT = 1_800
PROGRESS_STEPS = 10
"""At most so many progress lines a module."""

_narrator: ContextVar[Narrator | None] = ContextVar("narrator", default=None)
"""Who tells of the call that runs now: one connection serves calls that are verbose and calls that are not."""


def lost(target: str, seconds: float) -> None:
    """The server is gone, and waited for."""
    narrator = _narrator.get()
    if narrator is not None:
        narrator.say(f"INFO: no server at {target}; trying again for {seconds:g} s")


class Narrator:
    """Tells what happens to one file. A silent one prints nothing."""

    def __init__(self, *, is_verbose: bool) -> None:
        self._is_verbose = is_verbose
        self._done: set[str] = set()
        self._steps: dict[str, int] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within, the calls of this thread tell this narrator if the server is gone."""
        token = _narrator.set(self)
        try:
            yield
        finally:
            _narrator.reset(token)

    def say(self, line: str) -> None:
        """Print a line."""
        if self._is_verbose:
            print(line, flush=True)  # noqa: T201 # Printing is what `verbose` is for.

    def named(self, job: Job, *, file_name: str | None, directory: str | None, path: str | None) -> None:
        """What the file is called there, beside what the caller gave."""
        if path:
            self._lowered("symbolic_file_path", path, f"{job.symbolic_directory_path.rstrip('/')}/{job.file_name}")
            return
        if directory:
            self._lowered("symbolic_directory_path", directory, job.symbolic_directory_path)
        else:
            self.say(
                "INFO: symbolic_directory_path was not set by user - setting to default of "
                f"{job.symbolic_directory_path}"
            )
        if file_name:
            self._lowered("file_name", file_name, job.file_name)
        else:
            self.say(f"INFO: file_name was not set by user - setting to random file name: {job.file_name}")

    def accepted(self, job: Job, *, expire_seconds: int | None, waits: bool) -> None:
        """The job is on record; the caller waits for it, or does not."""
        if expire_seconds is None:
            self.say(f"INFO: expire_time was not set by user - setting to default of {EXPIRE_SECONDS_DEFAULT} seconds")
        self.say(f"INFO: wait_for_process is set to {waits}.")
        self.say(
            "INFO: file will expire and be removed from your account in "
            f"{expire_seconds or EXPIRE_SECONDS_DEFAULT} seconds, at {job.expire_time:%a %b %e %H:%M:%S %Y} UTC"
        )
        self.say(f"INFO: {job.pipeline} file process and input processing started...")
        self.say(f"INFO: This process's request_id is: {job.request_id}")
        if not waits:
            self.say(
                f"INFO: Check the status of this file's processing: .process_status(request_id='{job.request_id}')."
            )

    def status(self, status: JobStatus) -> None:
        """Modules that ended since the last one, and how far the running one is."""
        for number, module in enumerate(status.modules, start=1):
            place = f"module {number} (of {len(status.modules)}) - {module.key}"
            if module.state is ModuleState.SUCCEEDED and module.key not in self._done:
                self._done.add(module.key)
                self.say(f"SUCCESS: {place} processing complete.")
            elif module.state is ModuleState.RUNNING:
                self._progress(place, module)

    def _progress(self, place: str, module: ModuleStatus) -> None:
        progress = module.progress
        if progress is None or progress.total <= 0 or progress.completed >= progress.total:
            return
        step = progress.completed * PROGRESS_STEPS // progress.total
        if step > self._steps.get(module.key, 0):
            self._steps[module.key] = step
            self.say(f"INFO: {place}: {progress.unit} {progress.completed} of {progress.total}")

    def _lowered(self, name: str, given: str, stored: str) -> None:
        if given != stored:
            self.say(f"INFO: lower casing {name} {given} to {stored}")
