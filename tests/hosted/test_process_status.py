"""`process_status`, as scripts of the hosted product call it."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

import octavo


def test_a_status_has_seven_keys(new_pipeline: Callable[..., octavo.Pipeline], text: str) -> None:
    pipeline = new_pipeline("parser", "json-to-txt", "parser")
    made = pipeline.process(local_file_path=text, download_output=False, verbose=False)

    status = pipeline.process_status(request_id=made["request_id"])

    assert list(status.items()) == [
        ("status_code", 200),
        ("request_id", made["request_id"]),
        ("file_id", made["file_id"]),
        ("message", "SUCCESS: process_status found"),
        ("pipeline", pipeline.pipeline),
        ("process_status", {"parser": True, "json-to-txt": True, "parser_2": True}),
        ("overall_status", "complete"),
    ]
    assert list(status["process_status"]) == ["parser", "json-to-txt", "parser_2"]
    assert pipeline.process_status(made["request_id"]) == status


def test_a_failed_status_says_why(pipeline: octavo.Pipeline) -> None:
    Path("broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    made = pipeline.process(local_file_path="broken.pdf", wait_for_process=False, verbose=False)
    while (status := pipeline.process_status(request_id=made["request_id"]))["overall_status"] == "ongoing":
        pass

    assert status["overall_status"] == "failed"
    assert status["process_status"] == {"parser": False}
    assert list(status["failure_status"]) == ["module", "reason", "message"]


def test_an_unknown_id_raises(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(ValueError, match=r"^request failed with status code: 400 - ") as caught:
        pipeline.process_status(request_id=str(uuid.uuid4()))
    assert isinstance(caught.value, octavo.NotFoundError)


@pytest.mark.parametrize(
    ("request_id", "kind", "message"),
    [
        (None, ValueError, "process request_id cannot be empty"),
        ("7", ValueError, "Invalid _id: '7'"),
        (7, TypeError, "request_id must be a string"),
    ],
)
def test_what_is_no_id_is_refused(
    pipeline: octavo.Pipeline, request_id: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        pipeline.process_status(request_id)
    assert str(caught.value).startswith(message)


def test_no_id_is_refused(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(ValueError, match=r"^process request_id cannot be empty$"):
        pipeline.process_status()


def test_an_id_of_another_pipeline_is_refused(new_pipeline: Callable[..., octavo.Pipeline], text: str) -> None:
    made = new_pipeline("parser").process(local_file_path=text, wait_for_process=False, verbose=False)
    with pytest.raises(octavo.NotFoundError, match=r"pipeline of process_id does not match associated file pipeline"):
        new_pipeline("parser").process_status(request_id=made["request_id"])
