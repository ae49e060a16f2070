"""Modules that misbehave, for the tests of the sandbox. Children load this file by its dotted name."""

import ctypes
import errno
import fcntl
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import Report
from octavo_server.modules.base import Input, Output, RefusalError
from octavo_server.worker.child import Connection
from octavo_server.worker.frames import pack
from octavo_server.worker.messages import progress_header, succeeded_header

_PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
_GROWS_DOWN = 0x100

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


def fill_reserved_memory(given: Input, report: Report) -> bytes:
    """As Java does: what is mapped over address space that was reserved before is not counted by RLIMIT_DATA."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    size, fixed = 2 * 1024 * 1024 * 1024, 0x10
    reserved = libc.mmap(None, size, 0, _PRIVATE, -1, 0)
    filled = libc.mmap(reserved, size, mmap.PROT_READ | mmap.PROT_WRITE, _PRIVATE | fixed, -1, 0)
    for start in range(0, size, 16 * 1024 * 1024):
        ctypes.memset(filled + start, 1, 16 * 1024 * 1024)
        time.sleep(0.005)
    return b"filled"


def abort(given: Input, report: Report) -> bytes:
    os.abort()


def die(given: Input, report: Report) -> bytes:
    os._exit(3)


def leave(given: Input, report: Report) -> bytes:
    sys.exit(3)


def fall(given: Input, report: Report) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b"still here"


def be_killed(given: Input, report: Report) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b"still here"


def hand_over(given: Input, report: Report) -> bytes:
    given.on_handover(is_last=False)
    given.on_handover(is_last=False)
    return b"done"


def hand_over_and_fall(given: Input, report: Report) -> bytes:
    hand_over(given, report)
    return fall(given, report)


def hand_over_for_ever(given: Input, report: Report) -> bytes:
    while True:
        given.on_handover(is_last=False)


def read_and_fall(given: Input, report: Report) -> bytes:
    hand_over(given, report)
    given.on_handover(is_last=True)
    return fall(given, report)


def die_while_answering(given: Input, report: Report) -> bytes:
    connection = _connection(report)
    header = succeeded_header("text/plain", ()) | connection._task
    connection._end.sendall(pack(header, 3_000_000) + bytes(2_000_000))
    os._exit(3)


def answer_largely_for_another(given: Input, report: Report) -> bytes:
    _connection(report)._end.sendall(_answer(bytes(3_000_000), task="another"))
    return b""


def fail(given: Input, report: Report) -> bytes:
    raise ValueError("the document says: SECRET")


def refuse(given: Input, report: Report) -> bytes:
    raise RefusalError("NO_TEXT", "there is nothing in it")


def too_much(given: Input, report: Report) -> bytes:
    return bytes(given.output_bytes_max + 1)


def _connection(report: Report) -> Connection:
    """What a document that took over its child has, too."""
    return cast("Connection", report.__self__)  # type: ignore[attr-defined]  # a bound method


def _answer(data: bytes, **fields: str) -> bytes:
    return pack(succeeded_header("text/plain", ()) | fields, len(data)) + data


def answer_twice(given: Input, report: Report) -> bytes:
    _connection(report).send(succeeded_header("text/plain", ()), b"mine")
    return b"planted"


def answer_later(given: Input, report: Report) -> bytes:
    def plant() -> None:
        # Python's main thread has left this function by then, and waits for a task.
        time.sleep(0.2)
        _connection(report).send(succeeded_header("text/plain", ()), b"planted")

    threading.Thread(target=plant).start()
    return str(os.getpid()).encode()


def answer_for_another_task(given: Input, report: Report) -> bytes:
    os.write(0, _answer(b"planted", task="0" * 16))
    time.sleep(3_600)
    return b""


def answer_for_no_task(given: Input, report: Report) -> bytes:
    os.write(0, _answer(b"planted"))
    time.sleep(3_600)
    return b""


def flood(given: Input, report: Report) -> bytes:
    for number in range(20_000):
        _connection(report).send(progress_header(Progress("step", number, 20_000)))
    return b"done"


def draw_on_terminal(given: Input, report: Report) -> bytes:
    os.write(2, b"\x1b]0;owned\x07\x1b[2J\r\n\x9b\xc2\x9b end")
    return b""


def wait_for_signal(given: Input, report: Report) -> bytes:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    report(Progress("pid", os.getpid(), 0))
    signal.sigwait([signal.SIGUSR1])
    return b"done"


def open_by_path(given: Input, report: Report) -> bytes:
    return Path(given.document.path).read_bytes()


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
    _connection(report).send({"type": "succeeded", "media_type": 7, "warnings": []})
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
        "shared memory": lambda: mmap.mmap(-1, mmap.PAGESIZE),
        "stack": lambda: mmap.mmap(-1, mmap.PAGESIZE, flags=_PRIVATE | _GROWS_DOWN),
        "own memory": lambda: mmap.mmap(-1, mmap.PAGESIZE, flags=_PRIVATE),
        "type into terminal": lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"),
        "read": target.read_text,
        "read around": lambda: Path(f"/proc/self/root{target}").read_text(),
        "list": lambda: list(target.parent.iterdir()),
        "list home": lambda: list(Path.home().iterdir()),
        "read accounts": Path("/etc/passwd").read_text,
        "read library": Path(json.__file__).read_text,
    }
    return json.dumps({name: _attempt(action) for name, action in actions.items()}).encode()


FUNCTIONS: list[Work] = [
    abort,
    answer_for_another_task,
    answer_for_no_task,
    answer_later,
    answer_twice,
    attempts,
    count,
    die,
    draw_on_terminal,
    echo,
    fail,
    fill_memory,
    fill_reserved_memory,
    flood,
    half_a_frame,
    hang_up,
    nonsense,
    open_by_path,
    pid,
    refuse,
    shout,
    size,
    sleep,
    spin,
    start_thread,
    too_much,
    unknown_message,
    wait_for_signal,
    fall,
    leave,
    be_killed,
    hand_over,
    hand_over_and_fall,
    read_and_fall,
    hand_over_for_ever,
    die_while_answering,
    answer_largely_for_another,
]
MODULES = {work.__name__: Function(work.__name__, work) for work in FUNCTIONS}
