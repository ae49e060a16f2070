"""The page for those who come from the hosted product: complete, and every row shown by a test."""

import inspect
import re
from pathlib import Path
from types import MappingProxyType

import pytest

import octavo

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hosted-api.md").read_text()
SHOWN_ELSEWHERE = "test_a_failure_of_the_server_says_which_call_to_report"
"""Nothing that a script can send makes a real server fail."""
VERDICTS = ("kept", "bettered", "not offered")

FILTERS = (
    "file_ids",
    "file_names",
    "symbolic_directory_paths",
    "symbolic_file_paths",
    "file_tags",
    "sort_order",
    "max_files",
    "created_at_start",
    "created_at_end",
    "last_updated_start",
    "last_updated_end",
    "verbose",
)
CHANGES = (
    "file_name",
    "symbolic_directory_path",
    "symbolic_file_path",
    "file_tags",
    "file_description",
    "expire_time",
    "verbose",
)
HOSTED_ARGUMENTS = MappingProxyType(
    {
        "init": ("api_key", "api_url"),
        "check_init_data": (),
        "create_pipeline": ("name", "module_chain"),
        "load_pipeline": ("config_path", "pipeline"),
        "reset_pipeline": ("pipeline",),
        "view_module_config": ("module_name",),
        "view_module_click_data": ("module_name",),
        "check_cap": (),
        "save_pipeline": ("config_path",),
        "test_input": ("local_file_path",),
        "process": (
            *CHANGES,
            "local_file_path",
            "modules",
            "wait_for_process",
            "local_save_directory",
            "download_output",
            "og_local_file_path",
        ),
        "process_status": ("request_id",),
        "list": FILTERS,
        "update": ("file_id", *CHANGES),
        "delete": ("file_id",),
        "fetch_output": ("file_id", "local_save_directory"),
        "show_tree": ("symbolic_directory_path", "max_files", "verbose"),
        "keyword_search": ("query", *FILTERS),
        "semantic_search": ("query", "k", *FILTERS),
    }
)
"""What the hosted product's client takes."""
HOSTED_ATTRIBUTES = (
    "available_modules",
    "version",
    "local_conversion_directory",
    "module_chain",
    "first_module",
    "last_module",
    "pipeline",
    "pipeline_name",
    "pipeline_output_process_keys",
    "api_key",
    "api_url",
    "api_check_val",
    "config",
)
FUNCTIONS = (
    octavo.init,
    octavo.check_init_data,
    octavo.create_pipeline,
    octavo.load_pipeline,
    octavo.reset_pipeline,
    octavo.view_module_config,
    octavo.view_module_click_data,
    octavo.check_cap,
)


def rows() -> list[list[str]]:
    """The cells of every row of every table, without headers."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[-1] != "test" and not set(row[0]) <= {"-"}]


def section(method: str) -> str:
    """What the page says of a method."""
    _, _, text = PAGE.partition(f"\n### `{method}`\n")
    assert text, method
    return re.split(r"\n##+ ", text)[0]


def named_in_first_cells(text: str) -> set[str]:
    return {
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }


def names_of_tests() -> set[str]:
    shown_elsewhere = ROOT / "tests" / "unit" / "test_client_errors.py"
    names = {
        name
        for path in (*Path(__file__).parent.glob("test_*.py"), shown_elsewhere)
        for name in re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.MULTILINE)
        if path != shown_elsewhere or name == SHOWN_ELSEWHERE
    }
    assert SHOWN_ELSEWHERE in names
    return names


def test_every_row_names_tests_that_exist() -> None:
    existing = names_of_tests()
    assert len(rows()) > 80
    for row in rows():
        tests = re.findall(r"`(test_\w+)`", row[-1])
        assert tests, row
        assert set(tests) <= existing, row


def test_every_row_has_a_verdict() -> None:
    for row in rows():
        assert len(row) == 5, row
        assert row[3] in VERDICTS, row


def test_every_test_of_the_hosted_product_is_a_row() -> None:
    here = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        if path != Path(__file__)
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert {name for name in here if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("method", HOSTED_ARGUMENTS)
def test_every_argument_of_the_hosted_product_has_a_row(method: str) -> None:
    assert set(HOSTED_ARGUMENTS[method]) - named_in_first_cells(section(method)) == set()


def test_every_argument_of_octavo_has_a_row_and_every_row_an_argument() -> None:
    for function in (*FUNCTIONS, *(getattr(octavo.Pipeline, name) for name in public_methods())):
        arguments = set(inspect.signature(function).parameters) - {"self"}
        text = section(function.__name__)
        assert arguments - named_in_first_cells(text) == set(), function.__name__
        assert set(HOSTED_ARGUMENTS[function.__name__]) - arguments == set(), function.__name__


def test_every_attribute_has_a_row() -> None:
    told = named_in_first_cells(PAGE)
    properties = {name for name, kind in inspect.getmembers_static(octavo.Pipeline) if isinstance(kind, property)}
    assert (properties | set(HOSTED_ATTRIBUTES)) - told == set()


def public_methods() -> list[str]:
    return [
        name
        for name, member in inspect.getmembers_static(octavo.Pipeline)
        if not name.startswith("_") and not isinstance(member, property | staticmethod)
    ]
