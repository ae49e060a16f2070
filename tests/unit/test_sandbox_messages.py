"""Frames and messages of children, who may be anybody."""

import json
import platform
import struct
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.ids import Instant
from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.ports.runner import Outcome, Refused, Spooled, Succeeded
from octavo_server.worker import seccomp
from octavo_server.worker.frames import (
    HEADER_BYTES_MAX,
    PREFIX,
    Header,
    MalformedFrameError,
    pack,
    unpack_header,
    unpack_prefix,
)
from octavo_server.worker.kept_index import KeptIndex
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.messages import (
    COUNT_MAX,
    FACTS_MAX,
    TEXT_CHARS_MAX,
    WARNINGS_MAX,
    Index,
    checked,
    index_header,
    progress_header,
    read_message,
    refused_header,
    succeeded_header,
)
from octavo_server.worker.noise import printable
from octavo_server.worker.pace import Pace

METADATA = DocumentMetadata(
    media_type="application/pdf",
    title="A title",
    author="Somebody",
    create_time=Instant(1_700_000_000.5),
    page_count=3,
    language="en-GB",
    extractor="pdfium",
    more={"Producer": "a printer"},
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


def read(header: Header, payload: bytes = b"") -> Progress | Outcome:
    return read_message(header | {"task": "a1"}, payload, number="a1")


@pytest.mark.parametrize("fields", [{}, {"task": "a2"}, {"task": None}, {"task": ["a1"]}])
def test_a_message_of_another_task_is_malformed(fields: Header) -> None:
    with pytest.raises(MalformedFrameError):
        read_message(succeeded_header("text/plain", ()) | fields, b"", number="a1")


@pytest.mark.parametrize("header", [progress_header(Progress("page", 3, 9)), refused_header("NO_TEXT", "no text")])
def test_only_an_output_has_bytes(header: Header) -> None:
    with pytest.raises(MalformedFrameError):
        read(header, b"x")


def test_progress_is_passed_on_four_times_a_second_at_most() -> None:
    times = iter([0.0, 0.0, 0.1, 0.2, 0.25, 0.3, 9.0, 9.1])
    pace = Pace(lambda: next(times))

    assert [pace.admits() for _ in range(7)] == [True, False, False, True, False, True, False]


def test_a_flood_of_progress_is_malformed_and_an_honest_backlog_is_not() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    # What a child may have written in an hour in which nobody read.
    now = 3_600.0
    for _ in range(4 * 3_600 + 1):
        pace.admits()

    with pytest.raises(MalformedFrameError):
        [pace.admits() for _ in range(4 * 3_600 + 100)]


def test_control_characters_are_escaped_and_others_are_not() -> None:
    assert printable("naïve 文\x1b[1m\x00\u202e\n".encode()) == "naïve 文\\x1b[1m\\x00\\u202e\\n"


def test_messages_survive_the_way() -> None:
    assert read(progress_header(Progress("page", 3, 9))) == Progress("page", 3, 9)
    assert read(refused_header("NO_TEXT", "no text")) == Refused("NO_TEXT", "no text")
    assert read(succeeded_header("text/plain", ("a warning",), METADATA), b"data") == Succeeded(
        output=b"data", media_type="text/plain", warnings=("a warning",), metadata=METADATA
    )
    assert read(index_header(), b"lines") == Index(b"lines")


def test_facts_survive_the_way() -> None:
    facts = {"num_lines": 3, "pages": 0, "x" * 32: COUNT_MAX}

    assert read(succeeded_header("text/plain", (), facts=facts)) == Succeeded(
        output=b"", media_type="text/plain", facts=facts
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"Lines": 1},
        {"": 1},
        {"x" * 33: 1},
        {"num-lines": 1},
        {"lines": -1},
        {"lines": COUNT_MAX + 1},
        {"lines": 1.5},
        {"lines": True},
        {"lines": None},
        {"a" * count: 1 for count in range(1, FACTS_MAX + 2)},
    ],
)
def test_facts_out_of_bounds_are_malformed_and_a_child_notices_its_own(facts: dict[str, int]) -> None:
    header = succeeded_header("text/plain", (), facts=facts)

    with pytest.raises(MalformedFrameError):
        read(header)
    with pytest.raises(MalformedFrameError):
        checked(header)


def test_an_index_is_kept_until_its_output_comes(tmp_path: Path) -> None:
    succeeded = Succeeded(output=b"data", media_type="text/plain")
    with KeptIndex(is_expected=True) as index:
        assert index.given_to(succeeded) == succeeded
        index.keep(b"lines")
        assert index.given_to(succeeded) == replace(succeeded, index=b"lines")


def test_an_index_that_nobody_gets_is_closed(tmp_path: Path) -> None:
    first, second = spooled(tmp_path), spooled(tmp_path)
    with (  # noqa: PT012  # the one after the other
        pytest.raises(MalformedFrameError),
        KeptIndex(is_expected=True) as index,
    ):
        index.keep(first)
        index.keep(second)
    assert first.file.closed
    assert second.file.closed

    third = spooled(tmp_path)
    with pytest.raises(MalformedFrameError), KeptIndex(is_expected=True) as index:  # noqa: PT012  # as above
        index.keep(third)
        index.given_to(Refused("NO_TEXT", "no text"))
    assert third.file.closed


def test_an_index_that_nobody_expects_is_closed(tmp_path: Path) -> None:
    data = spooled(tmp_path)
    with pytest.raises(MalformedFrameError), KeptIndex(is_expected=False) as index:
        index.keep(data)
    assert data.file.closed


def test_an_output_that_is_discarded_closes_its_files(tmp_path: Path) -> None:
    output, index = spooled(tmp_path), spooled(tmp_path)

    Succeeded(output=output, media_type="text/plain", index=index).close()

    assert output.file.closed
    assert index.file.closed


def spooled(folder: Path) -> Spooled:
    return Spooled(file=tempfile.TemporaryFile(dir=folder), size_bytes=0, sha256="")


def test_metadata_of_a_child_is_held_to_its_bounds() -> None:
    written = asdict(METADATA) | {"title": "x" * 9_999, "more": {"a\x1b[31m": "b\nc", "k" * 999: ""}}

    message = read(succeeded_header("text/plain", (), METADATA) | {"metadata": written})

    assert isinstance(message, Succeeded)
    assert message.metadata is not None
    assert message.metadata.title == "x" * 500
    assert message.metadata.more == {"a[31m": "b c"}


def test_long_messages_of_an_honest_child_are_cut_rather_than_malformed() -> None:
    message = read(succeeded_header("text/plain", ("x" * 9_999,) * 99))

    assert isinstance(message, Succeeded)
    assert message.warnings == ("x" * TEXT_CHARS_MAX,) * WARNINGS_MAX
    assert isinstance(read(refused_header("NO_TEXT", "x" * 9_999)), Refused)


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
        succeeded_header("text/plain", ()) | {"media_type": "nonsense"},
        succeeded_header("text/plain", ()) | {"warnings": "x"},
        succeeded_header("text/plain", ()) | {"warnings": [1]},
        succeeded_header("text/plain", ()) | {"warnings": ["x"] * (WARNINGS_MAX + 1)},
        succeeded_header("text/plain", ()) | {"facts": []},
        {key: value for key, value in succeeded_header("text/plain", ()).items() if key != "facts"},
        succeeded_header("text/plain", ()) | {"metadata": "x"},
        succeeded_header("text/plain", ()) | {"metadata": {}},
        succeeded_header("text/plain", (), METADATA) | {"metadata": asdict(METADATA) | {"title": 1}},
        succeeded_header("text/plain", (), METADATA) | {"metadata": asdict(METADATA) | {"page_count": "3"}},
        succeeded_header("text/plain", (), METADATA) | {"metadata": asdict(METADATA) | {"more": {"a": 1}}},
    ],
)
def test_a_message_that_breaks_a_rule_is_malformed(header: dict[str, object]) -> None:
    with pytest.raises(MalformedFrameError):
        read(header)


@given(st.dictionaries(st.sampled_from(["type", "unit", "completed", "reason"]), JSON))
def test_any_header_is_a_message_or_malformed(header: dict[str, object]) -> None:
    try:
        read(json.loads(json.dumps(header)))
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
