"""Modules that misbehave, for the tests of the sandbox. Children load this file by its dotted name."""

import ctypes
import errno
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import Report
from octavo_server.modules.base import Input, Output, RefusalError

Work = Callable[[Input, Report], bytes]


class Function:
    """A module that does what a function does."""

    def __init__(self, name: str, work: Work) -> None:
        self.spec = ModuleSpec(
            name=name,
            description="For tests.",
            input_format=Format.DOCUMENT,
            output_format=Format.TEXT,
            extensions=(".txt",),
            models=(ModelSpec(name="only", description="For tests."),),
        )
        self._work = work

    def run(self, given: Input, report: Report) -> Output:
        return Output(data=self._work(given, report), media_type="text/plain")

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        return iter(())


def echo(given: Input, report: Report) -> bytes:
    return given.document.data[:]


def pid(given: Input, report: Report) -> bytes:
    return str(os.getpid()).encode()


def size(given: Input, report: Report) -> bytes:
    return str(len(given.document.data)).encode()


def sleep(given: Input, report: Report) -> bytes:
    report(Progress("pid", os.getpid(), 0))
    time.sleep(3_600)
    return b""


def spin(given: Input, report: Report) -> bytes:
    report(Progress("pid", os.getpid(), 0))
    while True:
        pass


def count(given: Input, report: Report) -> bytes:
    for number in range(100_000):
        report(Progress("step", number, 100_000))
    return b"done"


def fill_memory(given: Input, report: Report) -> bytes:
    blocks = []
    while True:
        blocks.append(bytearray(64 * 1024 * 1024))


def abort(given: Input, report: Report) -> bytes:
    os.abort()


def die(given: Input, report: Report) -> bytes:
    os._exit(3)


def fail(given: Input, report: Report) -> bytes:
    raise ValueError("the document says: SECRET")


def refuse(given: Input, report: Report) -> bytes:
    raise RefusalError("NO_TEXT", "there is nothing in it")


def too_much(given: Input, report: Report) -> bytes:
    return bytes(given.output_bytes_max + 1)


def nonsense(given: Input, report: Report) -> bytes:
    os.write(0, b"\xff" * 1_000)
    time.sleep(3_600)
    return b""


def half_a_frame(given: Input, report: Report) -> bytes:
    report(Progress("pid", os.getpid(), 0))
    os.write(0, struct.pack("!II", 10, 1_000_000) + b"{")
    time.sleep(3_600)
    return b""


def unknown_message(given: Input, report: Report) -> bytes:
    encoded = json.dumps({"type": "succeeded", "media_type": 7, "warnings": []}).encode()
    os.write(0, struct.pack("!II", len(encoded), 0) + encoded)
    time.sleep(3_600)
    return b""


def hang_up(given: Input, report: Report) -> bytes:
    os.close(0)
    # The module runs with a second descriptor of the socket open.
    for descriptor in range(3, 64):
        try:
            os.close(descriptor)
        except OSError:
            continue
    time.sleep(3_600)
    return b""


def shout(given: Input, report: Report) -> bytes:
    for _ in range(1_000):
        try:
            os.write(2, b"noise " * 1_000)
        except BrokenPipeError:
            return b"nobody listens"
    return b"all was read"


def start_thread(given: Input, report: Report) -> bytes:
    seen: list[bytes] = []
    thread = threading.Thread(target=lambda: seen.append(b"a thread ran"))
    thread.start()
    thread.join()
    return seen[0]


def _attempt(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "allowed"


def _system_call(number: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) == -1:
        raise OSError(ctypes.get_errno(), "")


def attempts(given: Input, report: Report) -> bytes:
    """What happens to a document's code that tries what it may not."""
    target = Path(json.loads(given.document.data[:])["existing"])
    parent = os.getppid()
    actions: dict[str, Callable[[], object]] = {
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "subprocess": lambda: subprocess.run(["/bin/true"], check=False),
        "socket": lambda: socket.socket(socket.AF_INET),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "kill parent": lambda: os.kill(parent, signal.SIGTERM),
        "probe parent": lambda: os.kill(parent, 0),
        "open parent's memory": Path(f"/proc/{parent}/mem").open,
        "read parent's environment": Path(f"/proc/{parent}/environ").read_bytes,
        "open parent's files": Path(f"/proc/{parent}/fd/0").open,
        "go through parent's root": lambda: list(Path(f"/proc/{parent}/root").iterdir()),
        "overwrite": lambda: target.write_text("gone"),
        "append": lambda: target.open("a"),
        "create": lambda: target.with_name("new").write_text("new"),
        "delete": target.unlink,
        "rename": lambda: target.rename(target.with_name("moved")),
        "chmod": lambda: target.chmod(0o777),
        "io_uring": lambda: _system_call(425, 1, 0),
        "memfd": lambda: os.memfd_create("x"),
        "read": target.read_text,
    }
    return json.dumps({name: _attempt(action) for name, action in actions.items()}).encode()


FUNCTIONS: list[Work] = [
    abort,
    attempts,
    count,
    die,
    echo,
    fail,
    fill_memory,
    half_a_frame,
    hang_up,
    nonsense,
    pid,
    refuse,
    shout,
    size,
    sleep,
    spin,
    start_thread,
    too_much,
    unknown_message,
]
MODULES = {work.__name__: Function(work.__name__, work) for work in FUNCTIONS}
