"""A seccomp filter: the kernel refuses a child what no module needs.

A classic BPF program over the number and arguments of each system call (Linux, Documentation/userspace-api/
seccomp_filter.rst), written by hand so that no library is needed. It lists what is refused rather than what is allowed:
native extractors use a hundred calls, and a new version of one must not die of a harmless new call.
"""

import errno
import mmap
import os
import platform
import socket
import struct
from collections.abc import Iterable, Iterator
from itertools import chain

from octavo_server.worker import linux, syscalls
from octavo_server.worker.syscalls import Numbers

# linux/bpf_common.h: instruction codes.
_LOAD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_ABOVE_OR_EQUAL = 0x35
_JUMP_IF_ANY_BIT = 0x45
_RETURN = 0x06
_AND = 0x54

# linux/seccomp.h: what a filter answers, and where the call's facts lie in struct seccomp_data.
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_SUCCESS = 0
_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4
_ARGUMENTS_OFFSET = 16
_ARGUMENT_BYTES = 8

_X32_BIT = 0x40000000
"""x86_64 kernels take a second set of numbers with this bit, which would slip past the filter."""
_MAP_GROWS_DOWN = 0x00000100
_CLONE_THREAD = 0x00010000
_TYPE_INTO_TERMINAL = 0x5412
"""TIOCSTI, asm-generic/ioctls.h: puts characters where a shell reads its next command."""
_UNCOUNTED_MAPS = (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, _MAP_GROWS_DOWN)
"""Flags of maps that take memory and that RLIMIT_DATA does not count: shared without a file, and stacks."""
_ANY = 0xFFFFFFFF
_SOCKET_TYPE = 0xF
"""linux/net.h: the flags beside the type are above it."""
_TCP_SOCKET = (
    (0, _ANY, (socket.AF_INET, socket.AF_INET6)),
    (1, _SOCKET_TYPE, (socket.SOCK_STREAM,)),
    (2, _ANY, (0, socket.IPPROTO_TCP)),
)
"""What the arguments of `socket` are for it, behind their masks."""
_FAST_OPEN = 0x20000000
"""MSG_FASTOPEN, linux/socket.h."""
_OPEN_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""linux/audit.h; the machines there are filters for."""

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


def is_supported() -> bool:
    """Is there a filter for this machine, and a kernel that takes it?"""
    return platform.machine() in _AUDIT_ARCHITECTURES and os.path.exists("/proc/sys/kernel/seccomp")  # noqa: PTH110  # pathlib takes 20 ms to import in each child


def restrict(*, may_connect: bool = False) -> None:
    """Restrict this process, all its threads, and for good.

    New processes: EAGAIN, which the libraries that try one take as "not now"; clone3: ENOSYS, so that C libraries start
    threads with clone, whose flags a filter can read. Network, other processes, changes to files, mounts, keys, and
    memory that no limit counts: EPERM. Calls of another architecture kill the process. `may_connect` leaves it TCP
    connections to others.
    """
    linux.install_filter(program(platform.machine(), os.getpid(), may_connect=may_connect))


def program(machine: str, pid: int, *, may_connect: bool = False) -> bytes:
    """The filter for process `pid` on `machine`, as an array of struct sock_filter."""
    instructions = chain(
        [
            (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
            (_JUMP_IF_EQUAL, 1, 0, _AUDIT_ARCHITECTURES[machine]),
            (_RETURN, 0, 0, _KILL_PROCESS),
            (_LOAD, 0, 0, _NUMBER_OFFSET),
        ],
        [(_JUMP_IF_ABOVE_OR_EQUAL, 0, 1, _X32_BIT), _refuse(errno.ENOSYS)] if machine == "x86_64" else [],
        _rules(machine, pid),
        _network_rules(machine, may_connect=may_connect),
        [(_RETURN, 0, 0, _ALLOW)],
    )
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _rules(machine: str, pid: int) -> Iterator[Instruction]:
    def number(numbers: Numbers) -> int | None:
        return getattr(numbers, machine)  # type: ignore[no-any-return]  # a NamedTuple's fields are what it says

    yield from _refuse_all(map(number, syscalls.FORK.values()), errno.EAGAIN)
    yield from _refuse_all(map(number, [syscalls.CLONE3, syscalls.OPENAT2]), errno.ENOSYS)
    groups = (syscalls.SERVING, syscalls.OTHER_PROCESSES, syscalls.FILES, syscalls.KERNEL, syscalls.MEMORY)
    for group in groups:
        yield from _refuse_all(map(number, group.values()), errno.EPERM)
    # A call whose argument decides: the test's two jumps lead to "allow" and to "refuse".
    yield from _decide(number(syscalls.CLONE), 0, (_JUMP_IF_ANY_BIT, 0, 1, _CLONE_THREAD), errno.EAGAIN)
    yield from _decide(number(syscalls.OPEN), 1, (_JUMP_IF_ANY_BIT, 1, 0, _OPEN_WRITES), errno.EPERM)
    yield from _decide(number(syscalls.OPENAT), 2, (_JUMP_IF_ANY_BIT, 1, 0, _OPEN_WRITES), errno.EPERM)
    yield from _decide(number(syscalls.KILL), 0, (_JUMP_IF_EQUAL, 0, 1, pid), errno.EPERM)
    yield from _decide(number(syscalls.TGKILL), 0, (_JUMP_IF_EQUAL, 0, 1, pid), errno.EPERM)
    yield from _decide(number(syscalls.IOCTL), 1, (_JUMP_IF_EQUAL, 1, 0, _TYPE_INTO_TERMINAL), errno.EPERM)
    for flags in _UNCOUNTED_MAPS:
        yield from _refuse_flags(number(syscalls.MMAP), 3, flags, errno.EPERM)
    # Limits can be asked for (prlimit64's third argument is a null pointer then), not set. Who tries is told that it
    # worked: Tika raises its limit of open files when it starts, and complains on stderr if that fails.
    yield from _refuse_all([number(syscalls.SETRLIMIT)], _SUCCESS)
    yield from _decide(number(syscalls.PRLIMIT64), 2, (_JUMP_IF_EQUAL, 0, 1, 0), _SUCCESS)


def _network_rules(machine: str, *, may_connect: bool) -> Iterator[Instruction]:
    def number(numbers: Numbers) -> int | None:
        return getattr(numbers, machine)  # type: ignore[no-any-return]  # as above

    if not may_connect:
        yield from _refuse_all(map(number, syscalls.CONNECTING.values()), errno.EPERM)
        return
    # Plain TCP only: Landlock does not see other protocols, Multipath TCP among them.
    for argument, mask, allowed in _TCP_SOCKET:
        yield from _refuse_others(number(syscalls.SOCKET), argument, mask, allowed, errno.EPERM)
    yield from _refuse_all(map(number, syscalls.SENDING_BY_ADDRESS.values()), errno.EPERM)
    yield from _refuse_flags(number(syscalls.SENDTO), 3, _FAST_OPEN, errno.EPERM)


def _refuse_all(numbers: Iterable[int | None], error: int) -> Iterator[Instruction]:
    for number in numbers:
        if number is not None:
            yield (_JUMP_IF_EQUAL, 0, 1, number)
            yield _refuse(error)


def _decide(number: int | None, argument: int, test: Instruction, error: int) -> Iterator[Instruction]:
    if number is not None:
        # The low half of the argument: all of it that flags, pids and pointers of a 64-bit program need here.
        yield (_JUMP_IF_EQUAL, 0, 4, number)
        yield (_LOAD, 0, 0, _ARGUMENTS_OFFSET + argument * _ARGUMENT_BYTES)
        yield test
        yield (_RETURN, 0, 0, _ALLOW)
        yield _refuse(error)


def _refuse_flags(number: int | None, argument: int, flags: int, error: int) -> Iterator[Instruction]:
    """Refuse the call if its argument has all of the flags; otherwise later rules decide."""
    if number is not None:
        yield (_JUMP_IF_EQUAL, 0, 5, number)
        yield (_LOAD, 0, 0, _ARGUMENTS_OFFSET + argument * _ARGUMENT_BYTES)
        yield (_AND, 0, 0, flags)
        yield (_JUMP_IF_EQUAL, 0, 1, flags)
        yield _refuse(error)
        yield (_LOAD, 0, 0, _NUMBER_OFFSET)


def _refuse_others(
    number: int | None, argument: int, mask: int, allowed: tuple[int, ...], error: int
) -> Iterator[Instruction]:
    """Refuse the call unless its argument, masked, is one of those allowed; otherwise later rules decide."""
    if number is not None:
        yield (_JUMP_IF_EQUAL, 0, 4 + len(allowed), number)
        yield (_LOAD, 0, 0, _ARGUMENTS_OFFSET + argument * _ARGUMENT_BYTES)
        yield (_AND, 0, 0, mask)
        for left, value in zip(range(len(allowed), 0, -1), allowed, strict=True):
            yield (_JUMP_IF_EQUAL, left, 0, value)
        yield _refuse(error)
        yield (_LOAD, 0, 0, _NUMBER_OFFSET)


def _refuse(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)
