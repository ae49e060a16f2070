"""The child process: runs modules, one at a time, on whatever the documents are.

`python -m octavo_server.worker.child REGISTRY LIMITS PARENT`, with a socket to the parent as standard input. The
process is single-threaded as far as it is ours, and trusts nothing: before the first document it gives up its rights
(limits.lock_down).
"""

import os
import select
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.domain.modules import Format
from octavo_server.extractors.base import CannotExtractError, Document, Extracted
from octavo_server.modules.base import Input, Module, RefusalError
from octavo_server.modules.plug_ins import running_threads
from octavo_server.ports.runner import Refused, Succeeded
from octavo_server.worker import limits as rights
from octavo_server.worker.frames import PREFIX, Header, pack, unpack_header, unpack_prefix
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.messages import (
    PROGRESS_SECONDS_MIN,
    READY,
    ask_header,
    checked,
    handover_header,
    index_header,
    progress_header,
    read_message,
    refused_header,
    succeeded_header,
)
from octavo_server.worker.registry import Registry

Frame = tuple[Header, bytes | bytearray]
"""A header, and the payload behind it."""

ANSWER_BYTES_MAX = 2**31
"""The parent keeps to its own limits; this one tells nonsense from a frame."""


class Connection:
    """The child's end of the socket."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._reported = -PROGRESS_SECONDS_MIN
        self._task: Header = {}

    def send(self, header: Header, payload: bytes | bytearray = b"") -> None:
        """Write a frame, with the number of the task if there is one."""
        self._end.sendall(pack(header | self._task, len(payload)))
        if payload:
            self._end.sendall(payload)

    def report(self, progress: Progress) -> None:
        """Write a frame of progress, unless the last one was a moment ago. Raises MalformedFrameError."""
        now = time.monotonic()
        if now - self._reported >= PROGRESS_SECONDS_MIN:
            self._reported = now
            self.send(checked(progress_header(progress)))

    def hand_over(self, *, is_last: bool) -> None:
        """Tell that an extractor is done."""
        self.send(handover_header(is_last=is_last))

    def relay(self, extractor: str) -> Extracted:
        """Ask for an extractor, and wait for what it found: extractors/base.py says what comes of it."""
        self.send(ask_header(extractor))
        header_bytes, payload_bytes = unpack_prefix(self._receive(PREFIX.size), payload_bytes_max=ANSWER_BYTES_MAX)
        header = unpack_header(self._receive(header_bytes))
        outcome = read_message(header, self._receive(payload_bytes), number=self._task["task"])
        if isinstance(outcome, Succeeded):
            assert isinstance(outcome.output, bytes)
            metadata = outcome.metadata or DocumentMetadata()
            return Extracted(text=outcome.output.decode(), warnings=outcome.warnings, metadata=metadata)
        assert isinstance(outcome, Refused), outcome
        error = RefusalError if outcome.reason == "OUTPUT_TOO_LARGE" else CannotExtractError
        raise error(outcome.reason, outcome.message)

    def is_called(self) -> bool:
        """Is there a task, or has the parent gone?"""
        return bool(select.select([self._end], [], [], 0)[0])

    def tasks(self) -> Iterator[tuple[Header, int]]:
        """Each task with the descriptor of its document, until the parent closes the socket."""
        while True:
            self._reported = -PROGRESS_SECONDS_MIN
            prefix, descriptors, _, _ = socket.recv_fds(self._end, PREFIX.size, 1)
            if not prefix:
                return
            prefix += self._receive(PREFIX.size - len(prefix))
            header_bytes, _ = unpack_prefix(prefix, payload_bytes_max=0)
            header = unpack_header(self._receive(header_bytes))
            self._task = {"task": header["task"]}
            yield header, descriptors[0]

    def _receive(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            chunk = self._end.recv(size - len(data))
            if not chunk:
                # Not as an exception, which a module could catch: there is nobody left to tell of it.
                _leave(1, "the server hung up in the middle of a task\n")
            data += chunk
        return bytes(data)


def main(registry: Registry, limits: ChildLimits, parent: int) -> None:
    """Serve the parent until it closes the socket."""
    rights.bind_to_parent(parent)
    rights.limit_memory(limits)
    # Our modules' own source starts no threads; the libraries, which may, are loaded later, when it is run.
    modules = registry.load()
    if len(running_threads()) > 1:
        sys.exit("the import of a module started a thread, which would stay outside the sandbox")
    rights.isolate(registry.code_folders(), connect_port=limits.connect_port)
    with socket.socket(fileno=os.dup(0)) as end:
        connection = Connection(end)
        connection.send(READY)
        for step in _warm_ups(modules):
            # Idle time is free, but a task that is there already is worth more than readiness for it.
            if connection.is_called():
                break
            step()
        rights.lock_down(may_connect=limits.connect_port is not None)
        for header, descriptor in connection.tasks():
            _serve(connection, modules, limits, header, descriptor)
    # At once: threads of native libraries may still run, and some fall when the interpreter goes before them.
    _leave(0)


def _warm_ups(modules: Mapping[str, Module]) -> Iterator[Callable[[], None]]:
    # What two modules need is loaded once.
    yield from dict.fromkeys(step for module in modules.values() for step in module.warm_ups())


def _serve(
    connection: Connection, modules: Mapping[str, Module], limits: ChildLimits, header: Header, descriptor: int
) -> None:
    document = Document(
        descriptor=descriptor,
        name=header["file_name"],
        media_type=header["media_type"],
        relay=connection.relay if header["has_relay"] else None,
    )
    try:
        given = Input(
            document=document,
            model=header["model"],
            params=header["params"],
            output_bytes_max=limits.output_bytes_max,
            extractors_spent=header["extractors_spent"],
            on_handover=connection.hand_over,
        )
        frames = _run(modules[header["module"]], given, limits, connection.report)
    finally:
        document.close()
        os.close(descriptor)
    for answer, payload in frames:
        connection.send(answer, payload)


def _run(module: Module, given: Input, limits: ChildLimits, report: Callable[[Progress], None]) -> Sequence[Frame]:
    try:
        return _answered(module, given, limits, report)
    except MemoryError:
        return _refused("MEMORY_LIMIT", f"used more than {limits.data_in_words}")
    except BaseException as error:  # noqa: BLE001  # SystemExit, too: what nobody foresees must not end as a crash
        _log(error)
        return _refused("MODULE_ERROR", f"module {module.spec.name} failed in a way nobody foresaw")


def _answered(module: Module, given: Input, limits: ChildLimits, report: Callable[[Progress], None]) -> Sequence[Frame]:
    """What the module made, or why it refused. Raises MalformedFrameError if that can't be told to the parent."""
    try:
        output = module.run(given, report)
    except RefusalError as refusal:
        return _refused(refusal.reason, refusal.message)
    bytes_max = limits.output_bytes_max * module.spec.output_factor
    for data in (output.data, output.index):
        if not isinstance(data, bytes | bytearray):
            raise TypeError("an output must be bytes")
        if len(data) > bytes_max:
            return _refused("OUTPUT_TOO_LARGE", f"the output is larger than {bytes_max:,} bytes")
    if output.index and module.spec.output_format is not Format.DATABASE:
        raise TypeError("only a module whose output is a DATABASE makes a search index")
    end = succeeded_header(output.media_type, output.warnings, output.metadata, output.facts)
    frames: list[Frame] = [(index_header(), output.index)] if output.index else []
    return [*frames, (checked(end), output.data)]


def _refused(reason: str, message: str) -> Sequence[Frame]:
    return [(checked(refused_header(reason, message)), b"")]


def _log(error: BaseException) -> None:
    """The traceback, for the server's log; not the message, which may quote the document."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    sys.stderr.write(f"{type(error).__name__}\n{frames}")
    sys.stderr.flush()


def _leave(exit_code: int, last_words: str = "") -> NoReturn:
    sys.stderr.write(last_words)
    sys.stderr.flush()
    os._exit(exit_code)


if __name__ == "__main__":
    main(Registry.from_text(sys.argv[1]), ChildLimits.from_text(sys.argv[2]), int(sys.argv[3]))
