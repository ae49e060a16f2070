"""Landlock: a child may not look into the server.

A process of the same user may read another's memory, environment and open files under /proc. The kernel refuses that to
a process in a Landlock domain, whatever the domain's rules are (Documentation/userspace-api/landlock.rst, "Ptrace
restrictions"). The rules are few: files are seccomp's business here, since documents are opened by descriptor.
"""

import struct

from octavo_server.worker import linux

# linux/landlock.h.
_MAKE_DEVICES_AND_SOCKETS = 1 << 6 | 1 << 9 | 1 << 11
_BIND_AND_CONNECT_TCP = 1 << 0 | 1 << 1
_SCOPE_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1
_ABI_WITH_NETWORK = 4
_ABI_WITH_SCOPES = 6


def is_supported() -> bool:
    """Does the running kernel have it, switched on?"""
    return linux.landlock_version() > 0


def isolate() -> None:
    """Put this process, and the threads it starts later, into a domain of its own. Needs `forbid_privileges` before."""
    version = linux.landlock_version()
    fields = [_MAKE_DEVICES_AND_SOCKETS]
    if version >= _ABI_WITH_NETWORK:
        fields.append(_BIND_AND_CONNECT_TCP)
    if version >= _ABI_WITH_SCOPES:
        fields.append(_SCOPE_SOCKETS_AND_SIGNALS)
    # struct landlock_ruleset_attr, as long as this kernel knows it.
    linux.enter_landlock(struct.pack(f"={len(fields)}Q", *fields))
