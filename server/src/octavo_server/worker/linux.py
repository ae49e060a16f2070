"""The few Linux calls that Python has no function for."""

import ctypes
import os

# linux/prctl.h and linux/seccomp.h.
_SET_PARENT_DEATH_SIGNAL = 1
_SET_DUMPABLE = 4
_SET_NO_NEW_PRIVILEGES = 38
_SET_MODE_FILTER = 1
_FILTER_ALL_THREADS = 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
"""The seccomp system call: C libraries have no function for it."""


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


_INSTRUCTION_BYTES = 8


def die_with_parent(signal_number: int) -> None:
    """The kernel sends this process the signal when the thread that started it ends."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal_number)


def forbid_inspection() -> None:
    """No core dump of this process, and no other of the same user may read its memory."""
    _prctl(_SET_DUMPABLE, 0)


def forbid_privileges() -> None:
    """Nothing this process does can give it more rights."""
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)


def install_filter(program: bytes) -> None:
    """Let a BPF program decide about all further system calls of all threads. Needs `forbid_privileges` before."""
    fprog = _Program(len(program) // _INSTRUCTION_BYTES, program)
    result = _libc().syscall(
        ctypes.c_long(_SECCOMP[os.uname().machine]),
        ctypes.c_ulong(_SET_MODE_FILTER),
        ctypes.c_ulong(_FILTER_ALL_THREADS),
        ctypes.byref(fprog),
    )
    _check(result, "seccomp")


def _prctl(option: int, value: int) -> None:
    arguments = [ctypes.c_ulong(number) for number in (value, 0, 0, 0)]
    _check(_libc().prctl(ctypes.c_int(option), *arguments), f"prctl({option})")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
