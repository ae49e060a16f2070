"""The pieces between a child, the server and a relay: the filter that lets a relay connect, asks and answers."""

import asyncio
import errno
import json
import socket
import struct
from dataclasses import replace

import pytest

from octavo_server.domain.metadata import ENTRIES_CHARS_MAX, TEXT_CHARS_MAX, DocumentMetadata
from octavo_server.ports.runner import Refused, Spooled, Succeeded
from octavo_server.worker import seccomp, syscalls
from octavo_server.worker.answers import send_answer
from octavo_server.worker.frames import HEADER_BYTES_MAX, PREFIX, MalformedFrameError, pack
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.messages import WARNINGS_MAX, Ask, ask_header, outcome_header, read_message
from octavo_server.worker.receiver import Receiver
from octavo_server.worker.tika_relay import relay_limits

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = 0x7FFF0000
STREAM = socket.SOCK_STREAM
FLAGS = 0o2004000
"""SOCK_NONBLOCK and SOCK_CLOEXEC of Linux."""


def verdict(machine: str, numbers: syscalls.Numbers, *arguments: int, may_connect: bool = True) -> int:
    """What the filter returns for a call: 0 if it is allowed, else the error."""
    call = struct.pack(
        "=IIQ6Q", getattr(numbers, machine), ARCHITECTURES[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    program = list(struct.iter_unpack("=HBBI", seccomp.program(machine, 1, may_connect=may_connect)))
    at = value = 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        match code:
            case 0x20:
                value = struct.unpack_from("=I", call, operand)[0]
            case 0x54:
                value &= operand
            case 0x15:
                at += if_true if value == operand else if_false
            case 0x35:
                at += if_true if value >= operand else if_false
            case 0x45:
                at += if_true if value & operand else if_false
            case 0x06:
                return 0 if operand == ALLOWED else operand & 0xFFFF


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_relay_may_make_tcp_sockets_and_connect(machine: str) -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        for kind in (STREAM, STREAM | FLAGS):
            for protocol in (0, socket.IPPROTO_TCP):
                assert verdict(machine, syscalls.SOCKET, family, kind, protocol) == 0
    assert verdict(machine, syscalls.CONNECT, 3) == 0
    assert verdict(machine, syscalls.SENDTO, 3, 0, 0, socket.MSG_NOSIGNAL) == 0


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(
    ("family", "kind", "protocol"),
    [
        (socket.AF_UNIX, STREAM, 0),
        (socket.AF_INET, socket.SOCK_DGRAM, 0),
        (socket.AF_INET, socket.SOCK_RAW | FLAGS, 0),
        (socket.AF_INET, STREAM, 262),
        (socket.AF_INET6, STREAM, 132),
        (16, socket.SOCK_RAW, 0),
        (40, STREAM, 0),
    ],
)
def test_a_relay_may_make_no_other_sockets(machine: str, family: int, kind: int, protocol: int) -> None:
    assert verdict(machine, syscalls.SOCKET, family, kind, protocol) == errno.EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_relay_may_not_connect_as_it_sends_nor_serve(machine: str) -> None:
    assert verdict(machine, syscalls.SENDTO, 3, 0, 0, 0x20000000 | socket.MSG_NOSIGNAL) == errno.EPERM
    for numbers in (*syscalls.SENDING_BY_ADDRESS.values(), *syscalls.SERVING.values()):
        assert verdict(machine, numbers, 3) == errno.EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("may_connect", [False, True])
def test_other_calls_are_judged_alike_in_children_and_relays(machine: str, may_connect: bool) -> None:
    for numbers in syscalls.FILES.values():
        if getattr(numbers, machine) is not None:
            assert verdict(machine, numbers, may_connect=may_connect) == errno.EPERM
    assert verdict(machine, syscalls.FORK["execve"], may_connect=may_connect) == errno.EAGAIN
    assert verdict(machine, syscalls.CLONE, 0, may_connect=may_connect) == errno.EAGAIN
    assert verdict(machine, syscalls.CLONE, 0x10000, may_connect=may_connect) == 0


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_child_may_make_no_sockets_at_all(machine: str) -> None:
    assert verdict(machine, syscalls.SOCKET, socket.AF_INET, STREAM, 0, may_connect=False) == errno.EPERM
    assert verdict(machine, syscalls.CONNECT, 3, may_connect=False) == errno.EPERM


def test_a_relay_may_bring_as_much_text_as_its_child_may_have() -> None:
    limits = relay_limits(ChildLimits(output_bytes_max=1_000), "https://tika")

    assert limits == replace(ChildLimits(), output_bytes_max=4_000, connect_port=443)
    assert ChildLimits.from_text(limits.to_text()) == limits


def test_an_ask_is_read_back() -> None:
    assert read_message(ask_header("tika-server") | {"task": "n"}, b"", number="n") == Ask("tika-server")


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ({"type": "ask"}, b""),
        ({"type": "ask", "extractor": 7}, b""),
        ({"type": "ask", "extractor": "../x"}, b""),
        ({"type": "ask", "extractor": "a" * 65}, b""),
        (ask_header("tika-server"), b"payload"),
    ],
)
def test_an_ask_that_breaks_a_rule_is_malformed(header: dict[str, object], payload: bytes) -> None:
    with pytest.raises(MalformedFrameError):
        read_message(header | {"task": "n"}, payload, number="n")


@pytest.mark.parametrize("letter", ["x", "\u4e2d", "\U0001f600"])
def test_the_fullest_header_fits_into_its_frame(letter: str) -> None:
    line, value = letter * TEXT_CHARS_MAX, letter * 400
    full = DocumentMetadata(
        media_type=line,
        title=line,
        author=line,
        language=line,
        more={f"{number:02}{letter * 98}": value for number in range(ENTRIES_CHARS_MAX // 500)},
    )
    header = outcome_header(
        Succeeded(output=b"", media_type="text/plain", warnings=(line,) * WARNINGS_MAX, metadata=full)
    )

    assert len(pack(header)) - PREFIX.size < HEADER_BYTES_MAX


@pytest.mark.parametrize("is_spooled", [False, True])
async def test_an_answer_reaches_the_child_whole(is_spooled: bool) -> None:
    text = b"text " * (600_000 if is_spooled else 20_000)
    output = await received_output(text)
    assert isinstance(output, Spooled) is is_spooled
    header, payload = await received(Succeeded(output=output, media_type="text/plain", warnings=("one",)))

    assert read_message(header, payload, number="n") == Succeeded(
        output=text, media_type="text/plain", warnings=("one",)
    )
    if isinstance(output, Spooled):
        assert output.file.closed


async def test_a_refusal_reaches_the_child() -> None:
    header, payload = await received(Refused("NO_TEXT", "nothing"))

    assert read_message(header, payload, number="n") == Refused("NO_TEXT", "nothing")


async def received_output(data: bytes) -> bytes | Spooled:
    """As a relay's output arrives at the server."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    with ours, theirs:
        receiver = Receiver(ours, payload_bytes_max=len(data), spool_folder=None)
        sending = asyncio.create_task(asyncio.to_thread(theirs.sendall, pack({}, len(data)) + data))
        _, payload = await receiver.frame()
        await sending
        return payload


async def received(outcome: Succeeded | Refused) -> tuple[dict[str, object], bytes]:
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    with ours, theirs:
        reading = asyncio.create_task(asyncio.to_thread(_read_frame, theirs))
        await send_answer(ours, outcome, "n")
        return await reading


def _read_frame(end: socket.socket) -> tuple[dict[str, object], bytes]:
    with end.makefile("rb") as stream:
        header_bytes, payload_bytes = PREFIX.unpack(stream.read(PREFIX.size))
        return json.loads(stream.read(header_bytes)), stream.read(payload_bytes)
