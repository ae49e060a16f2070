"""What a child process may use, and how the kernel is made to hold it to that."""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from octavo_server.domain.limits import MIB
from octavo_server.worker import landlock, linux, seccomp

FILES_MAX = 64
"""Open files of a child; native extractors use about ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """The limits of one child process."""

    data_bytes_max: int = 1024 * MIB
    """The memory it may fill: RLIMIT_DATA. Address space is not limited, since Tika reserves much and fills little."""
    output_bytes_max: int = 5 * MIB
    """What a module may make."""
    jobs_max: int = 1_000
    """The child is replaced after so many modules. 1 gives each a process of its own: a document that takes over its
    child sees what comes after it there, and nothing else."""
    resident_bytes_max: int = 512 * MIB
    """The child is replaced when it holds more memory than this after a module: libraries give little back."""
    connect_port: int | None = None
    """The TCP port it may connect to, on any host; None: it has no network at all."""

    def to_text(self) -> str:
        """For the child's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "ChildLimits":
        """Reads `to_text`."""
        return cls(**json.loads(text))

    @property
    def data_in_words(self) -> str:
        """The memory limit as people write it, like "1 GB"."""
        mib = self.data_bytes_max // MIB
        return f"{mib // 1024} GB" if mib % 1024 == 0 else f"{mib} MB"


def missing_protections() -> tuple[str, ...]:
    """What this system can't keep a hostile document from, in sentences for the server's log; empty on Linux."""
    missing = []
    if sys.platform != "linux":
        missing.append("children outlive a server that is killed, and their memory is limited loosely: needs Linux")
    if sys.platform != "linux" or not seccomp.is_supported():
        missing.append(
            "children may start processes, use the network and write files: needs seccomp on x86_64 or arm64"
        )
    if sys.platform != "linux" or not landlock.is_supported():
        missing.append(
            "children may read the server's memory and files if they get control: needs Landlock (Linux 5.13)"
        )
    return tuple(missing)


def missing_relay_protections() -> tuple[str, ...]:
    """What this system can't keep a relay from, beyond `missing_protections`."""
    if sys.platform == "linux" and landlock.is_supported() and not landlock.can_limit_ports():
        return ("a relay may connect to other ports than the Tika Server's: needs Landlock 4 (Linux 6.7)",)
    return ()


def bind_to_parent(parent: int) -> None:
    """Die with the process `parent`, also when it is killed. Exits at once if it is gone already."""
    if sys.platform == "linux":
        linux.die_with_parent(signal.SIGKILL)
    # It may have ended before the kernel was told.
    if os.getppid() != parent:
        sys.exit("the server is gone")


def isolate(readable: Iterable[str], *, connect_port: int | None = None) -> None:
    """Take root's rights from this process, and the sight of others and of files not below `readable`: see landlock.py.

    Before any thread starts: threads that are there already would stay outside.
    """
    if sys.platform == "linux":
        linux.drop_capabilities()
        linux.forbid_privileges()
        if landlock.is_supported():
            landlock.isolate(readable, connect_port=connect_port)


def limit_memory(limits: ChildLimits) -> None:
    """Hold this process to its memory and to few open files; leave no core dumps."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, FILES_MAX)
    _limit(resource.RLIMIT_DATA, limits.data_bytes_max)


def lock_down(*, may_connect: bool = False) -> None:
    """Take away from this process what no module needs, for good: see seccomp.py. Before any document is read."""
    _limit(resource.RLIMIT_FSIZE, 0)
    if sys.platform == "linux":
        linux.forbid_inspection()
        if seccomp.is_supported():
            seccomp.restrict(may_connect=may_connect)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
