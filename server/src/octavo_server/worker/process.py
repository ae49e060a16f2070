"""One child process, seen from the parent."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import structlog

from octavo_server.domain.jobs import Progress
from octavo_server.ports.runner import Crashed, Outcome, Refused, Task
from octavo_server.worker.frames import PREFIX, Header, MalformedFrameError, pack, unpack_header, unpack_prefix
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.messages import READY, read_message, task_header
from octavo_server.worker.noise import log_pipe
from octavo_server.worker.pace import Pace
from octavo_server.worker.sources import open_source

EXIT_SECONDS_MAX = 1.0
"""Between the end of a child's socket and its own."""
JOBS_PER_MEMORY_CHECK = 10
"""How often a child's memory is looked at, in modules: /proc takes a third of what sending a task does."""
TASK_NUMBER_BYTES = 8
"""Enough that nobody guesses a number."""
_READ_BYTES_MAX = 256 * 1024
_OUT_OF_MEMORY_SIGNALS = frozenset({signal.SIGABRT, signal.SIGTRAP, signal.SIGILL})
"""How native libraries end when an allocation fails: pdfium aborts."""

log = structlog.get_logger()


class ChildEndedError(Exception):
    """The child closed its socket."""


class ChildUnusableError(Exception):
    """The child died, or spoke, while it had no task: the task was not sent to it, and has nothing to do with it."""


class Child:
    """A process that runs one module at a time. Use it with `async with`: at the end it is killed and reaped."""

    def __init__(self, process: asyncio.subprocess.Process, end: socket.socket, *, limits: ChildLimits) -> None:
        self._process = process
        self._end = end
        self._limits = limits
        self._received = bytearray()
        self._jobs = 0
        self._is_retired = False
        self._ended = asyncio.create_task(process.wait(), name=f"child {process.pid}")

    @classmethod
    async def start(cls, *, limits: ChildLimits, modules: str) -> Self:
        """Start a process; `ready` tells when it can work."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003  # takes no keyword
        with theirs, ExitStack() as undo:
            undo.callback(ours.close)
            log_lines, write_end = await log_pipe()
            try:
                process = await asyncio.create_subprocess_exec(
                    *_command(limits, modules),
                    stdin=theirs.fileno(),
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=write_end,
                    env=_environment(),
                    cwd="/",
                    # Ctrl-C in a terminal goes to all processes of its session: the server lets its modules finish.
                    start_new_session=True,
                )
            finally:
                os.close(write_end)
            undo.pop_all()
        log_lines.pid = process.pid
        return cls(process, ours, limits=limits)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        """Alive, silent, and not at the end of its service. For a child without a task."""
        return not self._is_retired and self._process.returncode is None and self._is_silent()

    async def ready(self) -> None:
        """Wait until it can work. Raises ChildEndedError or MalformedFrameError if it never will."""
        header, _ = await self._read()
        if header != READY:
            raise MalformedFrameError("the child did not say that it is ready")

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await asyncio.shield(self._ended)

    async def run(self, task: Task, on_progress: Callable[[Progress], None]) -> Outcome:
        """As ports/runner.py says. Whatever else than an outcome comes of it, the process is gone on return.

        Raises, without blame for the task: OSError if this server can't make the file for the child (its descriptors or
        its memory ran out), ChildUnusableError.
        """
        async with open_source(task.source) as source:
            if not self.is_usable:
                log.warning("child was not silent without a task", pid=self.pid)
                await self.kill()
                raise ChildUnusableError
            return await self._run(task, source, on_progress)

    async def _run(self, task: Task, source: int, on_progress: Callable[[Progress], None]) -> Outcome:
        is_done = False
        self._jobs += 1
        try:
            async with asyncio.timeout(task.seconds_max):
                outcome = await self._outcome(task, source, on_progress)
            is_done = True
        except TimeoutError:
            return Refused("TIME_LIMIT", f"stopped after {_rounded(task.seconds_max)} s")
        except MalformedFrameError as error:
            log.warning("child broke the protocol", pid=self.pid, error=str(error))
            return Crashed("CHILD_DIED", "its process answered with nonsense and was stopped")
        except (ChildEndedError, OSError):
            return await self._crashed()
        finally:
            if not is_done:
                await self.kill()
        self._retire_if_worn(outcome)
        return outcome

    def dismiss(self) -> None:
        """Kill the process, without waiting for its end."""
        self._is_retired = True
        if self._process.returncode is None:
            self._process.kill()

    async def kill(self) -> None:
        """Kill the process, and wait until it is gone."""
        self.dismiss()
        await self.ended()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.kill()
        finally:
            self._end.close()

    def _is_silent(self) -> bool:
        try:
            self._end.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self._received
        except OSError:
            return False
        # It wrote something, or hung up.
        return False

    async def _outcome(self, task: Task, source: int, on_progress: Callable[[Progress], None]) -> Outcome:
        number = secrets.token_hex(TASK_NUMBER_BYTES)
        pace = Pace(asyncio.get_running_loop().time)
        # The child waits for a task, so there is room for a frame in the socket: this does not block.
        socket.send_fds(self._end, [pack(task_header(task, number))], [source])
        while True:
            message = read_message(*await self._read(), number=number)
            if not isinstance(message, Progress):
                if self._received:
                    raise MalformedFrameError("more came after the end of the task")
                return message
            if pace.admits():
                on_progress(message)

    async def _read(self) -> tuple[Header, bytes]:
        prefix = await self._receive(PREFIX.size)
        sizes = unpack_prefix(prefix, payload_bytes_max=self._limits.output_bytes_max)
        header = unpack_header(await self._receive(sizes[0]))
        return header, await self._receive(sizes[1])

    async def _receive(self, size: int) -> bytes:
        # A whole frame mostly comes at once: each wait for the socket costs the event loop more than a copy.
        loop = asyncio.get_running_loop()
        while len(self._received) < size:
            chunk = await loop.sock_recv(self._end, _READ_BYTES_MAX)
            if not chunk:
                raise ChildEndedError
            self._received += chunk
            if len(self._received) < size:
                # The loop of asyncio gives nobody else a turn as long as there is something to read.
                await asyncio.sleep(0)
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    async def _crashed(self) -> Crashed:
        # First let it end by itself: Popen.kill may reap it, and its exit code would be lost. One that merely closed
        # its socket does not get away with it.
        with suppress(TimeoutError):
            async with asyncio.timeout(EXIT_SECONDS_MAX):
                await self.ended()
        await self.kill()
        code = self._ended.result()
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        log.warning("child died", pid=self.pid, cause=name)
        if -code in _OUT_OF_MEMORY_SIGNALS:
            limit = self._limits.data_in_words
            return Crashed("MEMORY_LIMIT", f"its process gave up, most likely because it needed more than {limit}")
        return Crashed("CHILD_DIED", f"its process died ({name})")

    def _retire_if_worn(self, outcome: Outcome) -> None:
        is_out_of_memory = isinstance(outcome, Refused) and outcome.reason == "MEMORY_LIMIT"
        is_old = self._jobs >= self._limits.jobs_max
        is_large = self._jobs % JOBS_PER_MEMORY_CHECK == 0 and (
            _resident_bytes(self.pid) > self._limits.resident_bytes_max
        )
        if is_out_of_memory or is_old or is_large:
            self._is_retired = True


def _command(limits: ChildLimits, modules: str) -> list[str]:
    # -P and -s: neither the working folder nor the user's own packages come before ours.
    program = [sys.executable, "-P", "-s", "-m", "octavo_server.worker.child"]
    return [*program, modules, limits.to_text(), str(os.getpid())]


def _environment() -> dict[str, str]:
    """No secrets, no proxies, no switches of other libraries; but the packages that this process sees."""
    paths = [str(Path(path).absolute()) for path in sys.path if path]
    return {"PYTHONPATH": os.pathsep.join(paths), "LANG": "C.UTF-8"}


def _rounded(seconds: float) -> str:
    """One digit behind the point, or two digits in all below a second."""
    return f"{seconds:.2g}" if seconds < 1 else f"{round(seconds, 1):.12g}"


def _resident_bytes(pid: int) -> int:
    """The memory a process holds; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
