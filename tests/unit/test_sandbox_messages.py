"""Frames and messages of children, who may be anybody."""

import json
import platform
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.jobs import Progress
from octavo_server.ports.runner import Refused, Succeeded
from octavo_server.worker import seccomp
from octavo_server.worker.frames import (
    HEADER_BYTES_MAX,
    PREFIX,
    MalformedFrameError,
    pack,
    unpack_header,
    unpack_prefix,
)
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.messages import (
    TEXT_CHARS_MAX,
    WARNINGS_MAX,
    progress_header,
    read_message,
    refused_header,
    succeeded_header,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_a_frame_survives_the_way() -> None:
    frame = pack({"type": "ready"}, 7)

    header_bytes, payload_bytes = unpack_prefix(frame[: PREFIX.size], payload_bytes_max=7)
    assert payload_bytes == 7
    assert unpack_header(frame[PREFIX.size :]) == {"type": "ready"}
    assert len(frame) == PREFIX.size + header_bytes


@pytest.mark.parametrize(("header_bytes", "payload_bytes"), [(HEADER_BYTES_MAX + 1, 0), (0, 101)])
def test_a_frame_over_its_bounds_is_malformed(header_bytes: int, payload_bytes: int) -> None:
    with pytest.raises(MalformedFrameError):
        unpack_prefix(PREFIX.pack(header_bytes, payload_bytes), payload_bytes_max=100)


@pytest.mark.parametrize("encoded", [b"", b"\xff", b"[]", b"7", b"[" * 60_000, b'{"a":'])
def test_a_header_that_is_no_object_is_malformed(encoded: bytes) -> None:
    with pytest.raises(MalformedFrameError):
        unpack_header(encoded)


def test_messages_survive_the_way() -> None:
    assert read_message(progress_header(Progress("page", 3, 9)), b"") == Progress("page", 3, 9)
    assert read_message(refused_header("NO_TEXT", "no text"), b"") == Refused("NO_TEXT", "no text")
    assert read_message(succeeded_header("text/plain", ("a warning",)), b"data") == Succeeded(
        output=b"data", media_type="text/plain", warnings=("a warning",)
    )


def test_long_messages_of_an_honest_child_are_cut_rather_than_malformed() -> None:
    message = read_message(succeeded_header("text/plain", ("x" * 9_999,) * 99), b"")

    assert isinstance(message, Succeeded)
    assert message.warnings == ("x" * TEXT_CHARS_MAX,) * WARNINGS_MAX
    assert isinstance(read_message(refused_header("NO_TEXT", "x" * 9_999), b""), Refused)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"type": "unknown"},
        {"type": "progress", "unit": "page", "completed": -1, "total": 2},
        {"type": "progress", "unit": "page", "completed": True, "total": 2},
        {"type": "progress", "unit": "page", "completed": 10**30, "total": 2},
        {"type": "progress", "unit": "a\nb", "completed": 1, "total": 2},
        {"type": "refused", "reason": "no reason", "message": "x"},
        {"type": "refused", "reason": "OK", "message": "x" * (TEXT_CHARS_MAX + 1)},
        {"type": "succeeded", "media_type": "nonsense", "warnings": []},
        {"type": "succeeded", "media_type": "text/plain", "warnings": "x"},
        {"type": "succeeded", "media_type": "text/plain", "warnings": [1]},
        {"type": "succeeded", "media_type": "text/plain", "warnings": ["x"] * (WARNINGS_MAX + 1)},
    ],
)
def test_a_message_that_breaks_a_rule_is_malformed(header: dict[str, object]) -> None:
    with pytest.raises(MalformedFrameError):
        read_message(header, b"")


@given(st.dictionaries(st.sampled_from(["type", "unit", "completed", "reason"]), JSON))
def test_any_header_is_a_message_or_malformed(header: dict[str, object]) -> None:
    try:
        read_message(json.loads(json.dumps(header)), b"")
    except MalformedFrameError:
        return


def test_limits_survive_the_command_line() -> None:
    limits = ChildLimits(data_bytes_max=512 * 1024 * 1024, jobs_max=3)

    assert ChildLimits.from_text(limits.to_text()) == limits
    assert limits.data_in_words == "512 MB"
    assert ChildLimits().data_in_words == "1 GB"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_of_the_filter_stays_inside_and_every_path_ends(machine: str) -> None:
    program = seccomp.program(machine, 1234)
    instructions = list(struct.iter_unpack("=HBBI", program))

    jumps = {0x15, 0x35, 0x45}
    for index, (code, if_true, if_false, _) in enumerate(instructions):
        if code in jumps:
            assert index + 1 + max(if_true, if_false) < len(instructions)
    assert instructions[-1][0] == 0x06
    # The kernel takes 4,096 instructions at most.
    assert len(instructions) < 4_096


def test_this_machine_is_known() -> None:
    assert seccomp.is_supported() == (platform.system() == "Linux" and platform.machine() in {"x86_64", "aarch64"})
