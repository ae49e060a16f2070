"""`update`, `delete`, `fetch_output` and `show_tree` with each of their arguments."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import octavo
from tests.hosted.library import RAIN, RIVER, ROOT, SEA, Library, fetched_message

UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def file_id(pipeline: octavo.Pipeline, text: str) -> str:
    answer = pipeline.process(
        local_file_path=text, symbolic_file_path="/a/kettle.txt", file_tags=[{"a": "b"}], verbose=False
    )
    return str(answer["file_id"])


def listed(pipeline: octavo.Pipeline, file_id: str) -> dict[str, Any]:
    (item,) = pipeline.list(file_ids=[file_id])["items"]
    return dict(item)


@pytest.mark.parametrize(
    ("change", "stored"),
    [
        ({"file_name": "New.txt"}, {"file_name": "new.txt", "symbolic_directory_path": "/a"}),
        ({"symbolic_directory_path": "/B"}, {"file_name": "kettle.txt", "symbolic_directory_path": "/b"}),
        ({"symbolic_file_path": "/B/C.txt"}, {"file_name": "c.txt", "symbolic_directory_path": "/b"}),
        ({"file_tags": [{"C": "D"}]}, {"file_tags": [{"c": "d"}]}),
        ({"file_tags": []}, {"file_tags": []}),
        ({"file_description": "New: (yes)"}, {"file_description": "New: (yes)"}),
        ({"file_description": ""}, {"file_description": ""}),
    ],
)
def test_an_update_shows_at_once(
    pipeline: octavo.Pipeline, file_id: str, change: dict[str, Any], stored: dict[str, Any]
) -> None:
    answer = pipeline.update(file_id=file_id, **change, verbose=False)

    assert list(answer.items()) == [
        ("status_code", 200),
        ("pipeline", pipeline.pipeline),
        ("request_id", str(uuid.UUID(answer["request_id"]))),
        ("message", "Successfully updated file metadata"),
        ("warnings", []),
    ]
    item = listed(pipeline, file_id)
    assert {name: item[name] for name in stored} == stored
    assert item["last_updated"] >= item["created_at"]


def test_an_update_sets_the_time_of_the_last_one(pipeline: octavo.Pipeline, file_id: str) -> None:
    created_at = listed(pipeline, file_id)["created_at"]
    while (item := listed(pipeline, file_id))["last_updated"] == created_at:
        pipeline.update(file_id=file_id, file_description="new", verbose=False)
    assert item["created_at"] == created_at
    found = pipeline.list(last_updated_start=item["last_updated"])["items"]
    assert [one["file_id"] for one in found] == [file_id]


def test_an_update_counts_expiry_from_now(pipeline: octavo.Pipeline, file_id: str) -> None:
    before = listed(pipeline, file_id)["expire_time"]
    pipeline.update(file_id=file_id, expire_time=7200, verbose=False)
    assert listed(pipeline, file_id)["expire_time"] > before
    with pytest.raises(ValueError, match=r"^expire_time"):
        pipeline.update(file_id=file_id, expire_time=7.5)  # type: ignore[arg-type]


def test_an_update_needs_an_id_and_a_change(pipeline: octavo.Pipeline, file_id: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid file_id - file_id cannot be None$"):
        pipeline.update(file_name="a.txt")
    with pytest.raises(ValueError, match=r"^at least one of the following update arguments must be given: "):
        pipeline.update(file_id=file_id)
    with pytest.raises(TypeError, match=r"^invalid file_id: "):
        pipeline.update(file_id="7", file_name="a.txt")


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"file_name": "new.pdf"}, ValueError, "invalid file_name: "),
        ({"file_name": "a/b.txt"}, ValueError, "invalid file_name: "),
        ({"file_name": ""}, ValueError, "invalid file_name: "),
        ({"file_name": 7}, TypeError, "file_name must be a string"),
        ({"symbolic_directory_path": "/etc/b"}, ValueError, "invalid symbolic_directory_path: "),
        ({"symbolic_directory_path": ""}, ValueError, "invalid symbolic_directory_path: must not be empty"),
        ({"symbolic_file_path": ""}, ValueError, "invalid symbolic_file_path: must not be empty"),
        ({"expire_time": 0}, ValueError, "expire_time: must be 1 to 2592000 seconds; 0 is not"),
        ({"symbolic_file_path": "b.txt"}, ValueError, "invalid symbolic_file_path: "),
        ({"file_tags": [{"a": "b"}, {"A": "B"}]}, ValueError, "file_tags"),
        ({"file_tags": "a"}, TypeError, "file_tags"),
        ({"file_description": "d" * 257}, ValueError, "file_description"),
        (
            {"symbolic_file_path": "/b/c.txt", "file_name": "c.txt"},
            ValueError,
            "file_name and symbolic_directory_path cannot both be given if symbolic_file_path is given",
        ),
        ({"file_name": "a.txt", "verbose": "yes"}, TypeError, "verbose must be a boolean"),
    ],
)
def test_a_bad_update_is_refused(
    pipeline: octavo.Pipeline, file_id: str, change: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        pipeline.update(file_id=file_id, **change)
    assert str(caught.value).startswith(message)


def test_an_update_of_an_unknown_file_answers_400(pipeline: octavo.Pipeline) -> None:
    answer = pipeline.update(file_id=UNKNOWN, file_name="a.txt", verbose=False)
    assert list(answer) == ["status_code", "pipeline", "request_id", "message", "warnings"]
    assert (answer["status_code"], answer["warnings"]) == (400, [])
    assert UNKNOWN in answer["message"]


def test_an_update_to_a_path_that_is_taken_answers_400(pipeline: octavo.Pipeline, file_id: str, text: str) -> None:
    pipeline.process(local_file_path=text, symbolic_file_path="/a/other.txt", verbose=False)
    assert pipeline.update(file_id=file_id, file_name="other.txt", verbose=False)["status_code"] == 400
    assert listed(pipeline, file_id)["file_name"] == "kettle.txt"


def test_a_verbose_update_tells_what_became_lower_case(
    pipeline: octavo.Pipeline, file_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    pipeline.update(file_id=file_id, symbolic_file_path="/A/B.txt", file_tags=[{"A": "b"}])
    assert capsys.readouterr().out.splitlines() == [
        "INFO: lower casing symbolic_file_path /A/B.txt to /a/b.txt",
        "INFO: lower casing file tag {'A': 'b'} to {'a': 'b'}",
    ]


def test_a_file_can_be_updated_and_deleted_before_it_is_finished(pipeline: octavo.Pipeline) -> None:
    Path("long.txt").write_text("A sentence of five words.\n" * 50_000)
    made = pipeline.process(local_file_path="long.txt", wait_for_process=False, verbose=False)

    assert pipeline.update(file_id=made["file_id"], file_name="x.txt", verbose=False)["status_code"] == 200
    assert pipeline.delete(file_id=made["file_id"])["status_code"] == 200
    with pytest.raises(octavo.NotFoundError):
        pipeline.process_status(made["request_id"])


def test_a_deleted_file_is_gone(pipeline: octavo.Pipeline, file_id: str) -> None:
    answer = pipeline.delete(file_id=file_id)

    assert list(answer.items()) == [
        ("status_code", 200),
        ("pipeline", pipeline.pipeline),
        ("request_id", str(uuid.UUID(answer["request_id"]))),
        ("message", f"Successfully deleted file_id: {file_id}"),
        ("warnings", []),
    ]
    assert pipeline.list(file_ids=[file_id])["message"] == "No items found for input query arguments"
    again = pipeline.delete(file_id=file_id)
    assert (again["status_code"], list(again)) == (400, list(answer))


def test_a_delete_needs_an_id(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(ValueError, match=r"^please provide a file_id$"):
        pipeline.delete()
    with pytest.raises(TypeError, match=r"^invalid file_id: "):
        pipeline.delete(file_id="7")


def test_a_file_of_another_pipeline_is_not_there(
    new_pipeline: Callable[..., octavo.Pipeline], pipeline: octavo.Pipeline, file_id: str
) -> None:
    other = new_pipeline("parser")
    assert other.delete(file_id=file_id)["status_code"] == 400
    assert other.update(file_id=file_id, file_name="a.txt", verbose=False)["status_code"] == 400
    assert other.fetch_output(file_id=file_id)["status_code"] == 400
    assert listed(pipeline, file_id)["file_name"] == "kettle.txt"


def test_an_output_is_fetched_as_process_does(library: Library) -> None:
    Path("out").mkdir()
    file_id = library.parsed_ids[SEA]
    (item,) = library.parsed.list(file_ids=[file_id])["items"]

    for _ in range(2):
        answer = library.parsed.fetch_output(file_id=file_id, local_save_directory="out")
        assert list(answer.items()) == [
            ("status_code", 200),
            ("pipeline", "library"),
            ("request_id", item["process_id"]),
            ("file_id", file_id),
            ("message", fetched_message(file_id)),
            ("warnings", []),
            (
                "process_output",
                [
                    {"snippet": "The sea was calm.", "line_numbers": [1]},
                    {"snippet": "Two ships lay at anchor.", "line_numbers": [2]},
                ],
            ),
            ("process_output_files", [f"out/{file_id}.json"]),
        ]
        assert json.loads(Path(f"out/{file_id}.json").read_text()) == answer["process_output"]


def test_an_output_that_is_no_json_is_saved_only(library: Library) -> None:
    answer = library.searched.fetch_output(file_id=library.searched_ids[SEA])
    assert answer["process_output"] is None
    assert answer["process_output_files"] == [str(Path.cwd() / f"{library.searched_ids[SEA]}.db")]


def test_a_fetch_of_an_unknown_file_answers_400(pipeline: octavo.Pipeline) -> None:
    answer = pipeline.fetch_output(file_id=UNKNOWN)
    assert list(answer) == [
        "status_code",
        "pipeline",
        "request_id",
        "file_id",
        "message",
        "warnings",
        "process_output",
        "process_output_files",
    ]
    assert (answer["status_code"], answer["process_output"], answer["process_output_files"]) == (400, None, [])


def test_a_fetch_of_a_file_without_output_answers_400(pipeline: octavo.Pipeline) -> None:
    Path("broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    made = pipeline.process(local_file_path="broken.pdf", wait_for_process=False, verbose=False)
    answer = pipeline.fetch_output(file_id=made["file_id"])
    assert (answer["status_code"], answer["process_output_files"]) == (400, [])
    assert answer["message"].endswith(f"; .process_status(request_id='{made['request_id']}') says how far it is")


def test_a_fetch_needs_an_id_and_a_folder(library: Library) -> None:
    with pytest.raises(ValueError, match=r"^please provide a file_id$"):
        library.parsed.fetch_output()
    with pytest.raises(TypeError, match=r"^invalid file_id: "):
        library.parsed.fetch_output(file_id="7")
    with pytest.raises(FileNotFoundError):
        library.parsed.fetch_output(file_id=library.parsed_ids[SEA], local_save_directory="nowhere")


def test_a_tree_is_drawn_from_the_root(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    answer = library.parsed.show_tree()

    assert capsys.readouterr().out == (
        "/\n├── /poems\n│   └── rain.txt\n├── root.txt\n└── /stories\n"
        "    ├── /long\n    │   └── river.txt\n    └── sea.txt\n"
    )
    assert list(answer.items()) == [
        ("status_code", 200),
        ("items", [RAIN, ROOT, RIVER, SEA]),
        ("request_id", str(uuid.UUID(answer["request_id"]))),
        ("message", "Successfully returned 4 items."),
        ("warnings", []),
    ]


@pytest.mark.parametrize(
    ("directory", "items", "drawing"),
    [
        ("/stories/*", [RIVER], "/\n└── /stories\n    └── /long\n        └── river.txt\n"),
        ("/STORIES", [SEA], "/\n└── /stories\n    └── sea.txt\n"),
        ("/q*", [], "/\n"),
    ],
)
def test_a_tree_of_a_directory_is_drawn_from_the_root_too(
    library: Library, capsys: pytest.CaptureFixture[str], directory: str, items: list[str], drawing: str
) -> None:
    capsys.readouterr()
    assert library.parsed.show_tree(symbolic_directory_path=directory)["items"] == items
    assert capsys.readouterr().out == drawing


def test_a_silent_tree_is_not_drawn(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert library.parsed.show_tree(verbose=False, max_files=2)["items"] == [RAIN, ROOT]
    assert capsys.readouterr().out == ""


def test_a_bad_tree_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match=r"symbolic_directory_path cannot be None"):
        library.parsed.show_tree(symbolic_directory_path=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        library.parsed.show_tree(symbolic_directory_path=7)  # type: ignore[arg-type]
    for directory in ("stories", "/a//b", "/a*b", ""):
        with pytest.raises(ValueError, match=r"^invalid symbolic_directory_path: "):
            library.parsed.show_tree(symbolic_directory_path=directory)
    for max_files in (0, 10_001, "7"):
        with pytest.raises(ValueError, match=r"max_files"):
            library.parsed.show_tree(max_files=max_files)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"verbose must be a boolean"):
        library.parsed.show_tree(verbose=1)  # type: ignore[arg-type]
