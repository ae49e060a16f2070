"""Landlock: a child may not look into the server, nor into its files.

A process of the same user may read another's memory, environment and open files under /proc. The kernel refuses that to
a process in a Landlock domain, whatever the domain's rules are (Documentation/userspace-api/landlock.rst, "Ptrace
restrictions"). The rules let it read programs and libraries, and what these ask the system: not databases, documents,
keys or home folders. Files that it has open already, and memory files, are not subject to them; writing is refused by
seccomp.
"""

import os
import struct
from collections.abc import Iterable

from octavo_server.worker import linux

# linux/landlock.h.
_READ_FILE = 1 << 2
_READ_FOLDER = 1 << 3
_MAKE_DEVICES_AND_SOCKETS = 1 << 6 | 1 << 9 | 1 << 11
_CONNECT_TCP = 1 << 1
_BIND_AND_CONNECT_TCP = 1 << 0 | _CONNECT_TCP
_SCOPE_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1
_ABI_WITH_NETWORK = 4
_ABI_WITH_SCOPES = 6

SYSTEM_PATHS = (
    *("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/null", "/dev/random", "/dev/urandom"),
    *("/proc/self", "/proc/cgroups", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"),
    *("/sys/fs/cgroup", "/sys/devices/system/cpu"),
)
"""Shared libraries; time zone; random numbers; and how much memory and how many processors Tika may use."""


def is_supported() -> bool:
    """Does the running kernel have it, switched on?"""
    return linux.landlock_version() > 0


def can_limit_ports() -> bool:
    """Does it know TCP ports?"""
    return linux.landlock_version() >= _ABI_WITH_NETWORK


def isolate(readable: Iterable[str], *, connect_port: int | None = None) -> None:
    """Put this process, and the threads it starts later, into a domain of its own. Needs `forbid_privileges` before.

    It may read below SYSTEM_PATHS and `readable` only; paths that do not exist are left out. It may make TCP
    connections to `connect_port` only, on whatever host: Landlock knows no addresses.
    """
    version = linux.landlock_version()
    fields = [_READ_FILE | _READ_FOLDER | _MAKE_DEVICES_AND_SOCKETS]
    if version >= _ABI_WITH_NETWORK:
        fields.append(_BIND_AND_CONNECT_TCP)
    if version >= _ABI_WITH_SCOPES:
        fields.append(_SCOPE_SOCKETS_AND_SIGNALS)
    paths = [path for path in {*SYSTEM_PATHS, *readable} if os.path.exists(path)]  # noqa: PTH110  # pathlib takes 20 ms to import in each child
    rights = {path: _READ_FILE | _READ_FOLDER if os.path.isdir(path) else _READ_FILE for path in paths}  # noqa: PTH112  # as above
    # struct landlock_ruleset_attr, as long as this kernel knows it.
    ports = {connect_port: _CONNECT_TCP} if connect_port and version >= _ABI_WITH_NETWORK else {}
    linux.enter_landlock(struct.pack(f"={len(fields)}Q", *fields), rights, ports)
