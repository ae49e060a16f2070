"""`process` with each of its arguments, as scripts of the hosted product call it."""

import json
import os
import re
import sqlite3
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import octavo
from tests import documents
from tests.hosted.library import fetched_message

KETTLE = [
    {"snippet": "The kettle sang.", "line_numbers": [1]},
    {"snippet": "Nobody heard it\nuntil noon.", "line_numbers": [2, 3]},
]
SIX_KEYS = ["file_id", "request_id", "file_name", "symbolic_directory_path", "file_tags", "file_description"]


def ask_for_ever(pipeline: octavo.Pipeline, request_id: str) -> None:
    while True:
        pipeline.process_status(request_id)


def test_a_waiting_process_answers_with_eight_keys(pipeline: octavo.Pipeline, text: str) -> None:
    Path("out").mkdir()

    answer = pipeline.process(local_file_path=text, local_save_directory="out", verbose=False)

    file_id = answer["file_id"]
    assert str(uuid.UUID(file_id)) == file_id
    assert list(answer.items()) == [
        ("status_code", 200),
        ("pipeline", pipeline.pipeline),
        ("request_id", answer["request_id"]),
        ("file_id", file_id),
        ("message", fetched_message(file_id)),
        ("warnings", []),
        ("process_output", KETTLE),
        ("process_output_files", [f"out/{file_id}.json"]),
    ]
    assert json.loads(Path(f"out/{file_id}.json").read_text()) == KETTLE


def test_a_process_that_does_not_wait_answers_with_six_keys(pipeline: octavo.Pipeline, text: str) -> None:
    answer = pipeline.process(local_file_path=text, wait_for_process=False, verbose=False)

    assert list(answer) == SIX_KEYS
    assert re.fullmatch(r"octavo_generated_file_name_[a-z]{10}\.txt", answer["file_name"])
    assert answer["symbolic_directory_path"] == "/etc"
    assert answer["file_tags"] is None
    assert answer["file_description"] is None
    assert pipeline.process_status(answer["request_id"])["file_id"] == answer["file_id"]


def test_an_output_that_is_not_downloaded_adds_the_status_code(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = pipeline.process(local_file_path=text, download_output=False)

    assert list(answer) == [*SIX_KEYS, "status_code"]
    assert answer["status_code"] == 200
    assert "INFO: download_output set to False, not fetching output" in capsys.readouterr().out
    assert list(Path().glob("*.json")) == []


def test_the_document_must_be_given_and_exist(pipeline: octavo.Pipeline) -> None:
    for arguments in ({}, {"local_file_path": None}):
        with pytest.raises(ValueError, match=r"^local_file_path cannot be empty"):
            pipeline.process(**arguments)
    with pytest.raises(FileNotFoundError):
        pipeline.process(local_file_path="nowhere.txt")


def test_a_file_name_is_kept_in_lower_case(pipeline: octavo.Pipeline, text: str) -> None:
    answer = pipeline.process(local_file_path=text, file_name="My Kettle, 1.txt", verbose=False, download_output=False)
    assert (answer["file_name"], answer["symbolic_directory_path"]) == ("my kettle, 1.txt", "/etc")


@pytest.mark.parametrize("file_name", ["*.txt", "a/b.txt", "a:b.txt", f"{'n' * 61}.txt"])
def test_a_bad_file_name_is_refused(pipeline: octavo.Pipeline, text: str, file_name: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid file_name: ") as caught:
        pipeline.process(local_file_path=text, file_name=file_name, verbose=False)
    assert isinstance(caught.value, octavo.InvalidArgumentError)


def test_a_file_name_ends_as_the_document_does(pipeline: octavo.Pipeline, text: str) -> None:
    for file_name in ("a.pdf", "noextension"):
        with pytest.raises(ValueError, match=r"input file_name extension must match input local_file_path extension"):
            pipeline.process(local_file_path=text, file_name=file_name)
    with pytest.raises(TypeError):
        pipeline.process(local_file_path=text, file_name=7)  # type: ignore[arg-type]


def test_a_bad_file_name_is_shown_with_what_is_allowed(pipeline: octavo.Pipeline, text: str) -> None:
    with pytest.raises(ValueError, match=r"ASCII letters, .*; 'книга\.txt' is not$"):
        pipeline.process(local_file_path=text, file_name="книга.txt", verbose=False)


@pytest.mark.parametrize("name", ["file_name", "symbolic_directory_path", "symbolic_file_path"])
def test_an_empty_name_is_not_taken_for_none(pipeline: octavo.Pipeline, text: str, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^invalid {name}: must not be empty$"):
        pipeline.process(local_file_path=text, **{name: ""})  # type: ignore[arg-type]


@pytest.mark.parametrize("directory", ["/", "/a b/C_d-1", "/etc", "/etcx", "/a/etc"])
def test_a_directory_is_kept_in_lower_case(pipeline: octavo.Pipeline, text: str, directory: str) -> None:
    answer = pipeline.process(
        local_file_path=text, symbolic_directory_path=directory, verbose=False, wait_for_process=False
    )
    assert answer["symbolic_directory_path"] == directory.lower()


@pytest.mark.parametrize("directory", ["a", "/a/", "/a//b", "/etc/b", "/a*", "/a.b", f"/{'d' * 128}"])
def test_a_bad_directory_is_refused(pipeline: octavo.Pipeline, text: str, directory: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid symbolic_directory_path: "):
        pipeline.process(local_file_path=text, symbolic_directory_path=directory, verbose=False)


def test_a_directory_must_be_a_string(pipeline: octavo.Pipeline, text: str) -> None:
    with pytest.raises(TypeError):
        pipeline.process(local_file_path=text, symbolic_directory_path=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "directory", "name"), [("/A/b/C.txt", "/a/b", "c.txt"), ("/n.txt", "/", "n.txt")])
def test_a_path_is_directory_and_name(
    pipeline: octavo.Pipeline, text: str, path: str, directory: str, name: str
) -> None:
    answer = pipeline.process(local_file_path=text, symbolic_file_path=path, verbose=False, wait_for_process=False)
    assert (answer["symbolic_directory_path"], answer["file_name"]) == (directory, name)


@pytest.mark.parametrize("other", [{"file_name": "a.txt"}, {"symbolic_directory_path": "/a"}])
def test_a_path_excludes_its_parts(pipeline: octavo.Pipeline, text: str, other: dict[str, str]) -> None:
    with pytest.raises(octavo.InvalidArgumentError) as caught:
        pipeline.process(local_file_path=text, symbolic_file_path="/a/b.txt", **other)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "file_name and symbolic_directory_path cannot both be given if symbolic_file_path is given"
    )


def test_a_path_exists_once_in_a_pipeline(pipeline: octavo.Pipeline, text: str) -> None:
    pipeline.process(local_file_path=text, symbolic_file_path="/a/b.txt", verbose=False, wait_for_process=False)
    with pytest.raises(ValueError, match=r"/a/b.txt"):
        pipeline.process(local_file_path=text, symbolic_file_path="/A/B.txt", verbose=False)


def test_tags_are_kept_in_lower_case(pipeline: octavo.Pipeline, text: str) -> None:
    answer = pipeline.process(
        local_file_path=text,
        file_tags=[{"Author": "Orwell"}, {"author": "Blair"}],
        verbose=False,
        wait_for_process=False,
    )
    assert answer["file_tags"] == [{"author": "orwell"}, {"author": "blair"}]
    assert (
        pipeline.process(local_file_path=text, file_tags=[], verbose=False, wait_for_process=False)["file_tags"] is None
    )


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("a", TypeError),
        (["a"], TypeError),
        ([{7: "x"}], TypeError),
        ([{"a": "b", "c": "d"}], ValueError),
        ([{}], ValueError),
        ([{"a": "x" * 33}], ValueError),
        ([{"a": "ä"}], ValueError),
        ([{"a": "\t"}], ValueError),
        ([{"a": "\ud800"}], ValueError),
        ([{"a": "b"}, {"A": "B"}], ValueError),
        ([{f"k{number}": "v"} for number in range(21)], ValueError),
    ],
)
def test_bad_tags_are_refused(pipeline: octavo.Pipeline, text: str, tags: object, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        pipeline.process(local_file_path=text, file_tags=tags, verbose=False)  # type: ignore[arg-type]


def test_a_description_may_be_in_any_script(pipeline: octavo.Pipeline, text: str) -> None:
    description = "Чайник: (a kettle) 茶"
    answer = pipeline.process(local_file_path=text, file_description=description, verbose=False, wait_for_process=False)
    assert answer["file_description"] == description
    with pytest.raises(ValueError, match=r"file_description"):
        pipeline.process(local_file_path=text, file_description="d" * 257, verbose=False)
    with pytest.raises(TypeError):
        pipeline.process(local_file_path=text, file_description=7)  # type: ignore[arg-type]


@pytest.mark.parametrize("label", ["parser", "module_1"])
def test_a_module_is_chosen_by_name_or_position(pipeline: octavo.Pipeline, text: str, label: str) -> None:
    answer = pipeline.process(
        local_file_path=text,
        modules={label: {"model": "fixed", "params": {"chunk_size": 4, "overlap_size": 1}}},
        verbose=False,
    )
    assert [item["snippet"] for item in answer["process_output"]] == [
        "The kettle sang. Nobody",
        "Nobody heard it until",
        "until noon.",
    ]


@pytest.mark.parametrize("label", ["module_3", "parser_2"])
def test_a_repeated_module_is_chosen_by_position_or_key(
    new_pipeline: Callable[..., octavo.Pipeline], text: str, label: str
) -> None:
    answer = new_pipeline("parser", "json-to-txt", "parser").process(
        local_file_path=text,
        modules={label: {"model": "fixed", "params": {"chunk_size": 100, "overlap_size": 1}}},
        verbose=False,
    )
    assert [item["snippet"] for item in answer["process_output"]] == ["The kettle sang. Nobody heard it until noon."]


def test_params_left_out_have_their_defaults(pipeline: octavo.Pipeline, text: str) -> None:
    for choice in (
        {"model": "fixed"},
        {"model": "fixed", "params": {}},
        {"model": "fixed", "params": {"chunk_size": 10}},
    ):
        answer = pipeline.process(local_file_path=text, modules={"parser": choice}, verbose=False)
        assert [item["snippet"] for item in answer["process_output"]] == [
            "The kettle sang. Nobody heard it until noon."
        ]
    answer = pipeline.process(local_file_path=text, modules={"parser": {}}, verbose=False)
    assert answer["process_output"] == KETTLE


@pytest.mark.parametrize(
    ("modules", "kind", "message"),
    [
        ("fixed", TypeError, "modules must be a dict of dicts"),
        ({"parser": "fixed"}, TypeError, "modules must be a dict of dicts"),
        ({"parser": {"model": 7}}, TypeError, "modules: the model of parser must be a string"),
        ({"parser": {}, "caption": {}}, ValueError, "modules: has 2 labels"),
        ({"caption": {}}, ValueError, "modules: the pipeline has no module 'caption'"),
        ({"Parser": {}}, ValueError, "modules: the pipeline has no module 'Parser'"),
        (
            {"parser": {"models": "fixed"}},
            ValueError,
            "a module's model selection must have only two keys: model, params",
        ),
        ({"parser": {"model": "huge"}}, ValueError, "model: must be one of ['sentence', 'fixed']"),
        ({"parser": {"params": {"chunk_size": 5}}}, ValueError, "modules.parser.params.chunk_size"),
        ({"parser": {"model": "fixed", "params": {"chunk_size": "5"}}}, TypeError, "modules.parser.params.chunk_size"),
        ({"parser": {"model": "fixed", "params": {"chunk_size": 5.0}}}, TypeError, "modules.parser.params.chunk_size"),
        ({"parser": {"model": "fixed", "params": {"chunk_size": 0}}}, ValueError, "modules.parser.params.chunk_size"),
        (
            {"parser": {"model": "fixed", "params": {"chunk_size": 5, "overlap_size": 5}}},
            ValueError,
            "modules.parser.params.overlap_size",
        ),
    ],
)
def test_bad_choices_are_refused(
    pipeline: octavo.Pipeline, text: str, modules: dict[str, dict[str, object]], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        pipeline.process(local_file_path=text, modules=modules, verbose=False)
    assert str(caught.value).startswith(message)


def test_labels_are_not_mixed(new_pipeline: Callable[..., octavo.Pipeline], text: str) -> None:
    pipeline = new_pipeline("parser", "json-to-txt")
    with pytest.raises(ValueError, match=r"not both"):
        pipeline.process(local_file_path=text, modules={"parser": {}, "module_2": {}}, verbose=False)


def test_keyword_db_answers_to_both_of_its_names(new_pipeline: Callable[..., octavo.Pipeline], text: str) -> None:
    pipeline = new_pipeline("keyword-db")
    for model in ("sqlite", "base"):
        answer = pipeline.process(
            local_file_path=text, modules={"keyword-db": {"model": model}}, verbose=False, download_output=False
        )
        assert answer["status_code"] == 200


def test_a_file_is_gone_after_its_time(pipeline: octavo.Pipeline, text: str) -> None:
    answer = pipeline.process(local_file_path=text, expire_time=1, wait_for_process=False, verbose=False)
    with pytest.raises(octavo.NotFoundError, match=r"^request failed with status code: "):
        ask_for_ever(pipeline, answer["request_id"])
    assert pipeline.list(file_ids=[answer["file_id"]])["message"] == "No items found for input query arguments"


def test_the_default_expiry_is_half_an_hour(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = pipeline.process(local_file_path=text, expire_time=None, download_output=False)
    assert "INFO: expire_time was not set by user - setting to default of 1800 seconds" in capsys.readouterr().out
    (item,) = pipeline.list(file_ids=[made["file_id"]])["items"]
    created, expires = (datetime.fromisoformat(item[name]) for name in ("created_at", "expire_time"))
    assert abs((expires - created).total_seconds() - 1800) <= 1


@pytest.mark.parametrize("expire_time", [True, 1800.0, "1800", 0, -1, 30 * 24 * 3600 + 1])
def test_other_times_of_expiry_are_refused(pipeline: octavo.Pipeline, text: str, expire_time: int) -> None:
    with pytest.raises(ValueError, match=r"^expire_time: must be ") as caught:
        pipeline.process(local_file_path=text, expire_time=expire_time, verbose=False)
    assert isinstance(caught.value, octavo.InvalidArgumentError)
    assert caught.value.field == "expire_time"


@pytest.mark.parametrize("flag", ["verbose", "wait_for_process", "download_output"])
def test_a_flag_must_be_a_boolean(pipeline: octavo.Pipeline, text: str, flag: str) -> None:
    with pytest.raises(TypeError, match=rf"^{flag} must be a boolean$"):
        pipeline.process(local_file_path=text, **{flag: "yes"})  # type: ignore[arg-type]


def test_a_verbose_wait_tells_each_step_in_order(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    answer = pipeline.process(local_file_path=text, file_name="Kettle.txt", file_tags=[{"A": "B"}])

    lines = capsys.readouterr().out.splitlines()
    expire_line = lines.pop(6)
    assert lines == [
        "INFO: hydrated input modules: {'module_1': {'model': 'sentence', 'params': {'extractor': 'auto'}}}",
        "INFO: lower casing file_name Kettle.txt to kettle.txt",
        "INFO: lower casing file tag {'A': 'B'} to {'a': 'b'}",
        "INFO: symbolic_directory_path was not set by user - setting to default of /etc",
        "INFO: expire_time was not set by user - setting to default of 1800 seconds",
        "INFO: wait_for_process is set to True.",
        f"INFO: {pipeline.pipeline} file process and input processing started...",
        "INFO: metadata can be updated using the .update api.",
        f"INFO: This process's request_id is: {answer['request_id']}",
        "INFO: File process and processing status:",
        "SUCCESS: module 1 (of 1) - parser processing complete.",
        "SUCCESS: pipeline process complete.",
        "SUCCESS: process output downloaded.",
    ]
    assert re.fullmatch(
        r"INFO: file will expire and be removed from your account in 1800 seconds, at \w{3} \w{3} .* UTC", expire_line
    )


def test_a_verbose_process_that_does_not_wait_says_how_to_ask(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    request_id = pipeline.process(local_file_path=text, wait_for_process=False)["request_id"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[-5:] == [
        "INFO: wait_for_process is set to False.",
        "INFO: the document is uploaded and its job recorded; the server goes on without this script.",
        "INFO: use .process_status to ask how far it is.",
        f"INFO: This process's request_id is: {request_id}.",
        f"INFO: Check the status of this file's processing: .process_status(request_id='{request_id}').",
    ]
    assert len([line for line in lines if "wait_for_process" in line]) == 1


def test_a_silent_process_prints_nothing(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    pipeline.process(local_file_path=text, verbose=False)
    assert capsys.readouterr().out == ""


def test_an_output_is_saved_to_the_working_directory_by_default(pipeline: octavo.Pipeline, text: str) -> None:
    answer = pipeline.process(local_file_path=text, verbose=False)
    assert answer["process_output_files"] == [str(Path.cwd() / f"{answer['file_id']}.json")]
    assert Path(answer["process_output_files"][0]).exists()


def test_a_folder_to_save_in_must_exist(pipeline: octavo.Pipeline, text: str) -> None:
    with pytest.raises(FileNotFoundError):
        pipeline.process(local_file_path=text, local_save_directory="nowhere")
    with pytest.raises(TypeError):
        pipeline.process(local_file_path=text, local_save_directory=7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^local_save_directory: must not be empty"):
        pipeline.process(local_file_path=text, local_save_directory="")
    with pytest.raises(NotADirectoryError) as caught:
        pipeline.process(local_file_path=text, local_save_directory=text)
    assert isinstance(caught.value, octavo.OctavoError)


def test_a_copied_document_has_the_type_of_its_original(pipeline: octavo.Pipeline, text: str) -> None:
    Path(text).rename("copy.tmp")
    answer = pipeline.process(local_file_path="copy.tmp", og_local_file_path="kettle.txt", verbose=False)
    assert answer["process_output"] == KETTLE
    with pytest.raises(ValueError, match=r"^invalid file extension: '\.xyz'"):
        pipeline.process(local_file_path="copy.tmp", og_local_file_path="kettle.xyz")
    with pytest.raises(TypeError, match=r"^og_local_file_path must be a string or a path$"):
        pipeline.process(local_file_path="copy.tmp", og_local_file_path=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", documents.pdf(["The kettle sang."])),
        ("a.docx", documents.word(["The kettle sang."])),
        ("A.TXT", b"The kettle sang."),
        (os.fsdecode(b"\xe9.txt"), b"The kettle sang."),
    ],
)
def test_documents_are_read_as_they_are(pipeline: octavo.Pipeline, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    answer = pipeline.process(local_file_path=name, verbose=False)
    assert answer["process_output"] == [{"snippet": "The kettle sang.", "line_numbers": [1]}]


def test_an_output_of_any_size_is_included(pipeline: octavo.Pipeline) -> None:
    Path("long.txt").write_text("".join(f"This is the sentence number {number}.\n" for number in range(12_000)))
    answer = pipeline.process(local_file_path="long.txt", verbose=False)
    assert Path(answer["process_output_files"][0]).stat().st_size > 512 * 1024
    assert len(answer["process_output"]) == 12_000


def test_json_is_the_input_of_a_chain_that_reads_it(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    Path("snippets.json").write_text('[{"snippet": "One.", "more": 1}, {"snippet": "Two."}]')
    answer = new_pipeline("json-to-txt").process(local_file_path="snippets.json", verbose=False)
    assert answer["process_output"] is None
    assert answer["process_output_files"][0].endswith(f"{answer['file_id']}.txt")
    assert Path(answer["process_output_files"][0]).read_text() == "One.\nTwo."


def test_a_chain_of_three_ends_in_a_database(new_pipeline: Callable[..., octavo.Pipeline], text: str) -> None:
    answer = new_pipeline("parser", "json-to-txt", "keyword-db").process(local_file_path=text, verbose=False)

    assert answer["process_output"] is None
    (path,) = answer["process_output_files"]
    assert path.endswith(f"{answer['file_id']}.db")
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT original_keyword, stemmed_keyword, line_number, keyword_number FROM keyword_search"
        ).fetchall()
    database.close()
    assert rows == [
        ("kettle", "kettle", 1, 2),
        ("sang", "sang", 1, 3),
        ("nobody", "nobody", 2, 1),
        ("heard", "heard", 2, 2),
        ("noon", "noon", 3, 2),
    ]


def test_a_job_that_fails_raises_and_keeps_its_record(pipeline: octavo.Pipeline) -> None:
    Path("broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(ValueError, match=r"^processes associated with request_id '.*' failed at module 'parser'") as e:
        pipeline.process(local_file_path="broken.pdf", symbolic_file_path="/a/broken.pdf", verbose=False)
    assert isinstance(e.value, octavo.JobFailedError)
    failed = e.value
    status = pipeline.process_status(failed.request_id)
    assert (status["overall_status"], status["file_id"]) == ("failed", failed.file_id)
    assert status["failure_status"] == {
        "module": failed.module,
        "reason": failed.reason,
        "message": failed.failure_message,
    }
    assert all(status["failure_status"].values())


def test_the_path_of_a_failed_job_is_free_for_the_next(
    pipeline: octavo.Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("r.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(octavo.JobFailedError) as caught:
        pipeline.process(local_file_path="r.pdf", file_name="R.pdf", verbose=False)
    Path("r.pdf").write_bytes(documents.pdf(["The kettle sang."]))
    capsys.readouterr()

    answer = pipeline.process(local_file_path="r.pdf", file_name="R.pdf")

    assert answer["process_output"] == [{"snippet": "The kettle sang.", "line_numbers": [1]}]
    assert (
        f"INFO: /etc/r.pdf had file_id {caught.value.file_id}, whose job failed; it is deleted to make room"
        in capsys.readouterr().out.splitlines()
    )
    with pytest.raises(octavo.NotFoundError):
        pipeline.process_status(caught.value.request_id)
    with pytest.raises(octavo.AlreadyExistsError):
        pipeline.process(local_file_path="r.pdf", file_name="r.pdf", verbose=False)
