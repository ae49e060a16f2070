"""The few Linux calls that Python has no function for."""

import ctypes
import os
import struct
from collections.abc import Mapping
from typing import Any

# linux/prctl.h and linux/seccomp.h.
_SET_PARENT_DEATH_SIGNAL = 1
_SET_DUMPABLE = 4
_SET_NO_NEW_PRIVILEGES = 38
_SET_MODE_FILTER = 1
_FILTER_ALL_THREADS = 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
"""The seccomp system call: C libraries have no function for it."""

# linux/capability.h: version 3, and its two sets of effective, permitted and inheritable ones.
_CAPABILITY_VERSION = 0x20080522
_CAPABILITY_BYTES = 2 * 3 * 4
# linux/landlock.h; the numbers are the same on all machines.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1
_LANDLOCK_RULE_NET_PORT = 2


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


def drop_capabilities() -> None:
    """Give up what root may do beyond others; of no effect for another user. For this thread and later ones."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    _check(_libc().capset(header, bytes(_CAPABILITY_BYTES)), "capset")


def install_filter(program: bytes) -> None:
    """Let a BPF program decide about all further system calls of all threads. Needs `forbid_privileges` before."""
    fprog = _Program(len(program) // _INSTRUCTION_BYTES, program)
    result = _system_call(
        _SECCOMP[os.uname().machine],
        ctypes.c_ulong(_SET_MODE_FILTER),
        ctypes.c_ulong(_FILTER_ALL_THREADS),
        ctypes.byref(fprog),
    )
    _check(result, "seccomp")


def landlock_version() -> int:
    """The version of Landlock's interface; 0 if the kernel has none, or does not use it."""
    version = _system_call(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    return max(0, version)


def enter_landlock(attributes: bytes, rights: Mapping[str, int], ports: Mapping[int, int]) -> None:
    """Enter a new Landlock domain of `attributes`, a struct landlock_ruleset_attr.

    `rights`: what it may do below some paths; `ports`: with some TCP ports.
    """
    size = ctypes.c_size_t(len(attributes))
    ruleset = _system_call(_LANDLOCK_CREATE_RULESET, ctypes.c_char_p(attributes), size, ctypes.c_uint32(0))
    _check(min(0, ruleset), "landlock_create_ruleset")
    try:
        for path, allowed in rights.items():
            _allow_beneath(ruleset, path, allowed)
        for port, allowed in ports.items():
            # struct landlock_net_port_attr.
            _add_rule(ruleset, _LANDLOCK_RULE_NET_PORT, struct.pack("=QQ", allowed, port), f"port {port}")
        _check(_system_call(_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)), "landlock")
    finally:
        os.close(ruleset)


def _allow_beneath(ruleset: int, path: str, allowed: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        # struct landlock_path_beneath_attr.
        _add_rule(ruleset, _LANDLOCK_RULE_PATH_BENEATH, struct.pack("=Qi", allowed, folder), path)
    finally:
        os.close(folder)


def _add_rule(ruleset: int, kind: int, rule: bytes, what: str) -> None:
    arguments = (ctypes.c_int(ruleset), ctypes.c_int(kind), ctypes.c_char_p(rule), ctypes.c_uint32(0))
    _check(_system_call(_LANDLOCK_ADD_RULE, *arguments), f"landlock_add_rule for {what}")


def _system_call(number: int, *arguments: Any) -> int:
    return int(_libc().syscall(ctypes.c_long(number), *arguments))


def _prctl(option: int, value: int) -> None:
    arguments = [ctypes.c_ulong(number) for number in (value, 0, 0, 0)]
    _check(_libc().prctl(ctypes.c_int(option), *arguments), f"prctl({option})")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
