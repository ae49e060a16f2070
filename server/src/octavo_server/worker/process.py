"""One child process, seen from the parent."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol, Self

import structlog

from octavo_server.domain.jobs import Progress
from octavo_server.ports.runner import Crashed, Outcome, Refused, Spooled, Succeeded, Task
from octavo_server.worker.answers import send_answer
from octavo_server.worker.endings import crash, name_of
from octavo_server.worker.frames import MalformedFrameError, pack
from octavo_server.worker.kept_index import KeptIndex
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.memory_guard import MemoryGuard, private_bytes
from octavo_server.worker.messages import READY, Ask, Handover, Index, Message, read_message, task_header
from octavo_server.worker.noise import log_pipe
from octavo_server.worker.pace import Pace
from octavo_server.worker.receiver import ChildEndedError, Receiver
from octavo_server.worker.registry import Registry
from octavo_server.worker.sources import open_source

EXIT_SECONDS_MAX = 1.0
"""Between the end of a child's socket and its own."""
EXTRACTORS_MAX = 20
"""In one task; no chain has so many."""
JOBS_PER_MEMORY_CHECK = 10
"""How often a child's memory is looked at, in modules: /proc takes a third of what sending a task does."""
TASK_NUMBER_BYTES = 8
"""Enough that nobody guesses a number."""

log = structlog.get_logger()


class ChildUnusableError(Exception):
    """The child died, or spoke, while it had no task: the task was not sent to it, and has nothing to do with it."""


class Relay(Protocol):
    """Runs extractors that need more rights than a child has."""

    async def run(self, extractor: str, task: Task, source: int) -> Succeeded | Refused:
        """Have the extractor read the task's document. Raises MalformedFrameError if there is no such extractor.

        Cancelling the call stops the work at once.
        """


class Child:
    """A process that runs one module at a time. Use it with `async with`: at the end it is killed and reaped."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        end: socket.socket,
        *,
        receiver: Receiver,
        limits: ChildLimits,
        relay: Relay | None,
        output_factors: Mapping[str, int],
        indexers: Collection[str],
    ) -> None:
        self._process = process
        self._end = end
        self._limits = limits
        self._relay = relay
        self._output_factors = output_factors
        self._indexers = indexers
        self._receiver = receiver
        self._jobs = 0
        self._begun = 0
        """How many extractors began in this task; 0 once one has served."""
        self._deadline = 0.0
        self._is_retired = False
        self._ended = asyncio.create_task(process.wait(), name=f"child {process.pid}")

    @classmethod
    async def start(
        cls,
        *,
        limits: ChildLimits,
        registry: Registry,
        relay: Relay | None = None,
        spool_folder: Path | None = None,
    ) -> Self:
        """Start a process; `ready` tells when it can work. Large outputs go into unnamed files in `spool_folder`."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003  # takes no keyword
        with theirs, ExitStack() as undo:
            undo.callback(ours.close)
            log_lines, write_end = await log_pipe()
            try:
                process = await asyncio.create_subprocess_exec(
                    *_command(limits, registry),
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
        receiver = Receiver(ours, payload_bytes_max=limits.output_bytes_max, spool_folder=spool_folder)
        return cls(
            process,
            ours,
            receiver=receiver,
            limits=limits,
            relay=relay,
            output_factors=registry.output_factors,
            indexers=registry.indexers,
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        """Alive, silent, and not at the end of its service. For a child without a task."""
        return not self._is_retired and self._process.returncode is None and self._receiver.is_silent()

    async def ready(self) -> None:
        """Wait until it can work. Raises ChildEndedError or MalformedFrameError if it never will."""
        header, _ = await self._receiver.frame()
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
            return await self.run_on(source, task, on_progress)

    async def run_on(self, source: int, task: Task, on_progress: Callable[[Progress], None]) -> Outcome:
        """As `run`, on a descriptor that `open_source` gave."""
        if not self.is_usable:
            log.warning("child was not silent without a task", pid=self.pid)
            await self.kill()
            raise ChildUnusableError
        return await self._run(task, source, on_progress)

    async def _run(self, task: Task, source: int, on_progress: Callable[[Progress], None]) -> Outcome:
        is_done = False
        guard = MemoryGuard(self._process, self._limits)
        self._jobs += 1
        self._begun = 1
        self._deadline = asyncio.get_running_loop().time() + task.seconds_max
        try:
            async with asyncio.timeout_at(self._deadline):
                outcome = await self._outcome(task, source, on_progress)
            is_done = True
        except TimeoutError:
            return Refused("TIME_LIMIT", f"stopped after {_rounded(task.seconds_max)} s")
        except MalformedFrameError as error:
            log.warning("child broke the protocol", pid=self.pid, error=str(error))
            return Crashed("CHILD_DIED", "its process answered with nonsense and was stopped")
        except (ChildEndedError, ConnectionError):
            return await self._crashed(is_over_memory=guard.has_struck)
        finally:
            guard.stop()
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

    async def _outcome(self, task: Task, source: int, on_progress: Callable[[Progress], None]) -> Outcome:
        number = secrets.token_hex(TASK_NUMBER_BYTES)
        pace = Pace(asyncio.get_running_loop().time)
        # The child waits for a task, so there is room for a frame in the socket: this does not block.
        has_relay = self._relay is not None
        socket.send_fds(self._end, [pack(task_header(task, number, has_relay=has_relay))], [source])
        with KeptIndex(is_expected=task.run.name in self._indexers) as index:
            while True:
                match await self._message(task, number):
                    case Ask() as ask:
                        await self._answer(ask, task, source, number, is_first=has_relay)
                        has_relay = False
                    case Handover(is_last=is_last):
                        self._begun = 0 if is_last else self._begun + 1
                        if self._begun > EXTRACTORS_MAX:
                            raise MalformedFrameError("no chain has so many extractors")
                    case Progress() as progress:
                        if pace.admits():
                            on_progress(progress)
                    case Index(data):
                        index.keep(data)
                    case outcome:
                        return index.given_to(outcome)

    async def _message(self, task: Task, number: str) -> Message:
        header, payload = await self._receiver.frame(payload_factor=self._output_factors.get(task.run.name, 1))
        try:
            return self._checked(read_message(header, payload, number=number))
        except MalformedFrameError:
            if isinstance(payload, Spooled):
                payload.file.close()
            raise

    def _checked(self, message: Message) -> Message:
        if isinstance(message, Succeeded | Refused) and not self._receiver.is_read:
            raise MalformedFrameError("more came after the end of the task")
        return message

    async def _answer(self, ask: Ask, task: Task, source: int, number: str, *, is_first: bool) -> None:
        if self._relay is None or not is_first:
            # One answer a task: a hostile document must not keep others from the relay.
            raise MalformedFrameError("the child asked where there is nothing to ask, or again")
        left = replace(task, seconds_max=self._deadline - asyncio.get_running_loop().time())
        await send_answer(self._end, await self._relay.run(ask.extractor, left, source), number)

    async def _crashed(self, *, is_over_memory: bool) -> Crashed:
        # First let it end by itself: Popen.kill may reap it, and its exit code would be lost. One that merely closed
        # its socket does not get away with it.
        with suppress(TimeoutError):
            async with asyncio.timeout(EXIT_SECONDS_MAX):
                await self.ended()
        await self.kill()
        code = self._ended.result()
        log.warning("child died", pid=self.pid, cause=name_of(code))
        return crash(code, begun=self._begun, is_over_memory=is_over_memory, limits=self._limits)

    def _retire_if_worn(self, outcome: Outcome) -> None:
        is_out_of_memory = isinstance(outcome, Refused) and outcome.reason == "MEMORY_LIMIT"
        is_old = self._jobs >= self._limits.jobs_max
        is_large = self._jobs % JOBS_PER_MEMORY_CHECK == 0 and (
            private_bytes(self.pid) > self._limits.resident_bytes_max
        )
        if is_out_of_memory or is_old or is_large:
            self._is_retired = True


def _command(limits: ChildLimits, registry: Registry) -> list[str]:
    # -P and -s: neither the working folder nor the user's own packages come before ours.
    program = [sys.executable, "-P", "-s", "-m", "octavo_server.worker.child"]
    return [*program, registry.to_text(), limits.to_text(), str(os.getpid())]


def _environment() -> dict[str, str]:
    """No secrets, no proxies, no switches of other libraries; but the packages that this process sees."""
    paths = [str(Path(path).absolute()) for path in sys.path if path]
    return {"PYTHONPATH": os.pathsep.join(paths), "LANG": "C.UTF-8"}


def _rounded(seconds: float) -> str:
    """One digit behind the point, or two digits in all below a second."""
    return f"{seconds:.2g}" if seconds < 1 else f"{round(seconds, 1):.12g}"
