"""The lines that the facade prints while `verbose` is on; the words are the hosted product's."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from octavo.statuses import ModuleState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


def say(line: str) -> None:
    """Print a line, verbose or not."""
    print(line, flush=True)  # noqa: T201 # The hosted product prints such lines, and so does the facade.


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
        """Print a line, if verbose."""
        if self._is_verbose:
            say(line)

    def hydrated(self, modules: Mapping[str, object], *, given: object) -> None:
        """The models and params that run, unless the caller gave just these."""
        if modules != given:
            self.say(f"INFO: hydrated input modules: {modules}")

    def named(
        self,
        job: Job,
        *,
        file_name: str | None,
        directory: str | None,
        path: str | None,
        tags: Sequence[tuple[str, str]] = (),
    ) -> None:
        """What the file is called there, beside what the caller gave."""
        self.lowered(
            file_name=(file_name, job.file_name),
            symbolic_directory_path=(directory, job.symbolic_directory_path),
            symbolic_file_path=(path, f"{job.symbolic_directory_path.rstrip('/')}/{job.file_name}"),
            tags=tags,
        )
        if not (directory or path):
            self.say(
                "INFO: symbolic_directory_path was not set by user - setting to default of "
                f"{job.symbolic_directory_path}"
            )
        if not (file_name or path):
            self.say(f"INFO: file_name was not set by user - setting to random file name: {job.file_name}")

    def lowered(
        self,
        *,
        file_name: tuple[str | None, str],
        symbolic_directory_path: tuple[str | None, str],
        symbolic_file_path: tuple[str | None, str],
        tags: Sequence[tuple[str, str]] | None,
    ) -> None:
        """What the server changed to lower case: each as given, and as stored."""
        for name, (given, stored) in (
            ("file_name", file_name),
            ("symbolic_directory_path", symbolic_directory_path),
            ("symbolic_file_path", symbolic_file_path),
        ):
            if given and given != stored:
                self.say(f"INFO: lower casing {name} {given} to {stored}")
        for key, value in tags or ():
            if (key, value) != (key.lower(), value.lower()):
                self.say(f"INFO: lower casing file tag { {key: value} } to { {key.lower(): value.lower()} }")

    def accepted(self, job: Job, *, expire_seconds: int | None, waits: bool) -> None:
        """The job is on record; the caller waits for it, or does not."""
        if expire_seconds is None:
            self.say(f"INFO: expire_time was not set by user - setting to default of {EXPIRE_SECONDS_DEFAULT} seconds")
        if waits:
            self.say("INFO: wait_for_process is set to True.")
        self.say(
            "INFO: file will expire and be removed from your account in "
            f"{expire_seconds or EXPIRE_SECONDS_DEFAULT} seconds, at {job.expire_time:%a %b %e %H:%M:%S %Y} UTC"
        )
        self.say(f"INFO: {job.pipeline} file process and input processing started...")
        self.say("INFO: metadata can be updated using the .update api.")
        self.say(f"INFO: This process's request_id is: {job.request_id}")
        if not waits:
            self.say("INFO: wait_for_process is set to False.")
            self.say("INFO: the document is uploaded and its job recorded; the server goes on without this script.")
            self.say("INFO: use .process_status to ask how far it is.")
            self.say(f"INFO: This process's request_id is: {job.request_id}.")
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
