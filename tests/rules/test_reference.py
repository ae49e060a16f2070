"""The reference is complete. What it must have is asked of the program, not of what makes the pages."""

import ast
import builtins
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from docsite.contract import read_contract
from docsite.errors_page import INTERNAL_REASON, call_reasons, read_notes
from docsite.places import SERVER
from docsite.reasons import find_reasons
from docsite.reference import reference
from docsite.settings_table import settings_table
from google.protobuf.descriptor import Descriptor, EnumDescriptor

import octavo
import octavo.v1
from octavo.errors import ERROR_OF
from octavo_server.modules import module_specs
from octavo_server.rpc.errors import STATUS_OF
from octavo_server.settings import Settings

REASON_LIKE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
NO_REASON = re.compile(r"(OCTAVO|GRPC|SC)_[A-Z_]+")
"""Names of variables."""


def test_every_rpc_and_message_is_in_the_reference_and_has_a_comment() -> None:
    wire = set(_wire_names())
    commented = {name for name, comment in _comments() if comment}

    assert len(wire) > 150
    assert {name for name in wire if name not in _anchors()} == set()
    assert {name for name in wire if name not in commented and not _is_plain_message(name)} == set()


def test_every_setting_is_in_the_table_with_its_meaning() -> None:
    rows = {row.split("`")[1]: row for row in settings_table().splitlines()[2:]}

    assert set(rows) == {f"OCTAVO_{name.upper()}" for name in Settings.model_fields}
    assert [row for row in rows.values() if row.rstrip(" |").endswith("|")] == []
    assert all(len(row.split(" | ")) == 5 and len(row.split(" | ")[4]) > 10 for row in rows.values())


def test_a_setting_is_shown_with_its_option_default_and_bounds() -> None:
    row = next(row for row in settings_table().splitlines() if "`OCTAVO_WORKERS`" in row)

    assert "| `--workers` |" in row
    assert "| ≥ 0, ≤ 256 |" in row
    assert "| 104,857,600 (100 MiB) | ≥ 1 |" in settings_table()


def test_every_module_model_and_param_is_in_the_reference() -> None:
    expected = set()
    for module in module_specs(has_tika_server=True).values():
        expected.add(module.name)
        for model in module.models:
            expected.add(f"{module.name}.{model.name}")
            expected |= {f"{module.name}.{model.name}.{param.name}" for param in model.params}

    assert expected <= _anchors("reference/modules.md")


def test_every_status_and_every_exception_of_the_sdk_is_on_the_page_of_errors() -> None:
    page = reference()["reference/errors.md"]

    assert {row.code.name for row in STATUS_OF.values()} | {code.name for code in ERROR_OF} <= _anchors(
        "reference/errors.md"
    )
    assert {kind.__name__ for kind in ERROR_OF.values() if f"(sdk.md#{kind.__name__})" not in page} == set()


def test_every_reason_of_a_refused_call_has_a_line_that_says_what_to_do() -> None:
    assert set(read_notes()) == set(call_reasons())
    assert {f"reason-{reason}" for reason in call_reasons()} <= _anchors("reference/errors.md")
    assert all(note.endswith(".") and len(note) > 40 for note in read_notes().values())


def test_no_constant_of_the_server_is_a_reason_that_the_search_missed() -> None:
    found = {*find_reasons().of_calls, *find_reasons().of_jobs, INTERNAL_REASON}

    assert set(_constants()) - found == set()


def test_every_public_name_of_the_sdk_is_in_the_reference() -> None:
    assert set(octavo.__all__) <= _anchors("reference/sdk.md")
    assert {"Client.process", "Pipeline.process", "JobStatus.state"} <= _anchors("reference/sdk.md")


def test_the_page_of_the_sdk_shows_nothing_of_how_it_is_made() -> None:
    page = reference()["reference/sdk.md"]
    kinds = {base for line in re.findall(r"^A kind of (.+)\.$", page, re.MULTILINE) for base in line.split(", ")}
    public = {f"[`{name}`](#{name})" for name in octavo.__all__}

    assert {kind.strip("`") for kind in kinds - public} <= {*vars(builtins), "StrEnum", "IntEnum", "NamedTuple"}
    assert 'sort_order: str = "descending"' in page.replace("'", '"')
    assert "builtins." not in page
    assert "-> Answer" not in page
    assert page.count("`was_repeated`") == 1
    assert {"Pipeline.config", "Client.target", "Client.files"} <= _anchors("reference/sdk.md")
    assert "#### `Pipeline.init` { #Pipeline.init }" in page
    assert '<span id="OctavoError.was_repeated"></span>`was_repeated` | `bool` |' in page
    assert '<span id="JobFailedError.module"></span>`module` | `str` |' in page


def test_no_default_is_an_empty_text() -> None:
    assert "| `` |" not in reference()["reference/cli.md"]


def test_every_command_is_in_the_reference() -> None:
    assert {"octavo-process", "octavo-process.pipeline", "octavo-server-serve.listen"} <= _anchors("reference/cli.md")


def _wire_modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(octavo.v1.__path__):
        if module.name.endswith("_pb2"):
            yield importlib.import_module(f"octavo.v1.{module.name}")


def _wire_names() -> Iterator[str]:
    for module in _wire_modules():
        for service in module.DESCRIPTOR.services_by_name.values():
            yield from (f"{service.name}.{method.name}" for method in service.methods)
        for message in module.DESCRIPTOR.message_types_by_name.values():
            yield from _names_in(message)
        for enum in module.DESCRIPTOR.enum_types_by_name.values():
            yield from _names_of(enum)


def _names_in(message: Descriptor) -> Iterator[str]:
    name = message.full_name.removeprefix("octavo.v1.")
    yield name
    yield from (f"{name}.{field.name}" for field in message.fields)
    for nested in message.nested_types:
        if not nested.GetOptions().map_entry:
            yield from _names_in(nested)
    for enum in message.enum_types:
        yield from _names_of(enum)


def _names_of(enum: EnumDescriptor) -> Iterator[str]:
    name = enum.full_name.removeprefix("octavo.v1.")
    yield name
    yield from (f"{name}.{value.name}" for value in enum.values)


def _comments() -> Iterator[tuple[str, str]]:
    for file in read_contract():
        for service in file.services:
            yield service.name, service.comment
            yield from ((f"{service.name}.{rpc.name}", rpc.comment) for rpc in service.rpcs)
        for message in file.messages:
            yield message.name, message.comment
            yield from ((f"{message.name}.{field.name}", field.comment) for field in message.fields)
        for enum in file.enums:
            yield enum.name, enum.comment
            yield from ((f"{enum.name}.{value.name}", value.comment) for value in enum.values)


def _is_plain_message(name: str) -> bool:
    """What an RPC takes or returns is explained where the RPC is."""
    return name.endswith(("Request", "Response"))


@cache
def _pages() -> dict[str, str]:
    return reference()


def _anchors(page: str = "") -> set[str]:
    text = _pages()[page] if page else "\n".join(_pages().values())
    return {*re.findall(r'<span id="([^"]+)">', text), *re.findall(r"\{ #(\S+) \}", text)}


def _constants() -> Iterator[str]:
    texts = (
        node.value
        for path in SERVER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return (text for text in texts if REASON_LIKE.fullmatch(text) and not NO_REASON.fullmatch(text))
