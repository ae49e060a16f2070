"""Modules that try the network, or ask more than they may, for the tests of relays. Children load this file."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from octavo_server.extractors.base import CannotExtractError, Report
from octavo_server.modules.base import Input
from octavo_server.worker.child import Connection
from octavo_server.worker.messages import ask_header
from tests.integration.sandbox_modules import Function, Work, _attempt

if TYPE_CHECKING:
    from collections.abc import Callable

_MULTIPATH_TCP = 262
"""IPPROTO_MPTCP, linux/in.h."""
_FAST_OPEN = 0x20000000


def _connect(port: int, family: socket.AddressFamily = socket.AF_INET) -> None:
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.connect((host, port))


def _send_at_once(port: int) -> None:
    with socket.socket() as one:
        one.sendto(b"x", _FAST_OPEN, ("127.0.0.1", port))


def _send_message_at_once(port: int) -> None:
    with socket.socket() as one:
        one.sendmsg([b"x"], [], _FAST_OPEN, ("127.0.0.1", port))


def _bind() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


def _listen() -> None:
    with socket.socket() as one:
        one.listen()


def network(given: Input, report: Report) -> bytes:
    """What happens to somebody in a relay who goes where it should not."""
    wanted = json.loads(given.document.data[:])
    other, existing = wanted["other"], Path(wanted["existing"])
    actions: dict[str, Callable[[], object]] = {
        "connect to its port": lambda: _connect(wanted["port"]),
        "connect elsewhere": lambda: _connect(other),
        "connect elsewhere by IPv6": lambda: _connect(other, socket.AF_INET6),
        "send elsewhere": lambda: _send_at_once(other),
        "send a message elsewhere": lambda: _send_message_at_once(other),
        "UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "Multipath TCP": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, _MULTIPATH_TCP),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "bind": _bind,
        "listen": _listen,
        "fork": os.fork,
        "subprocess": lambda: subprocess.run(["/bin/true"], check=False),
        "overwrite": lambda: existing.write_text("gone"),
        "create": lambda: existing.with_name("new").write_text("new"),
        "read": existing.read_text,
        "memfd": lambda: os.memfd_create("x"),
        "read parent's environment": Path(f"/proc/{os.getppid()}/environ").read_bytes,
    }
    return json.dumps({name: _attempt(action) for name, action in actions.items()}).encode()


def _connection(given: Input) -> Connection:
    return cast("Connection", given.document.relay.__self__)  # type: ignore[union-attr]  # a bound method


def ask(given: Input, report: Report) -> bytes:
    assert given.document.relay is not None
    return given.document.relay("tika-server").text.encode()


def ask_again(given: Input, report: Report) -> bytes:
    ask(given, report)
    return ask(given, report)


def ask_and_go_on(given: Input, report: Report) -> bytes:
    """It does not wait for the answer, and never reads it."""
    for _ in range(1_000):
        _connection(given).send(ask_header("tika-server"))
    return b"done"


def ask_for_another(given: Input, report: Report) -> bytes:
    assert given.document.relay is not None
    return given.document.relay("http-get").text.encode()


def ask_nobody(given: Input, report: Report) -> bytes:
    cast("Connection", report.__self__).send(ask_header("tika-server"))  # type: ignore[attr-defined]  # a bound method
    time.sleep(3_600)
    return b""


def can_ask(given: Input, report: Report) -> bytes:
    try:
        return ask(given, report)
    except CannotExtractError as error:
        return error.message.encode()


FUNCTIONS: list[Work] = [ask, ask_again, ask_and_go_on, ask_for_another, ask_nobody, can_ask, network]
MODULES = {work.__name__: Function(work.__name__, work) for work in FUNCTIONS}
