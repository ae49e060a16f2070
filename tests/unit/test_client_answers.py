import json
from datetime import UTC, datetime

from octavo import answers
from octavo.statuses import (
    Failure,
    FileTag,
    Job,
    JobState,
    JobStatus,
    ModuleState,
    ModuleStatus,
    Output,
    OverallStatus,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def make_job(**changes: object) -> Job:
    values = {
        "file_id": "f",
        "request_id": "r",
        "file_name": "a.txt",
        "symbolic_directory_path": "/etc",
        "file_tags": (),
        "file_description": None,
        "pipeline": "p",
        "expire_time": NOW,
        "revision": 1,
        "deduplicated": False,
    }
    return Job(**{**values, **changes})  # type: ignore[arg-type]


def make_module(**changes: object) -> ModuleStatus:
    values = {
        "name": "parser",
        "key": "parser",
        "model": "sentence",
        "state": ModuleState.RUNNING,
        "progress": None,
        "attempt": 1,
        "start_time": None,
        "end_time": None,
        "error": "",
        "warnings": (),
    }
    return ModuleStatus(**{**values, **changes})  # type: ignore[arg-type]


def make_status(**changes: object) -> JobStatus:
    values = {
        "request_id": "r",
        "file_id": "f",
        "message": "SUCCESS: process_status found",
        "pipeline": "p",
        "state": JobState.RUNNING,
        "overall_status": OverallStatus.ONGOING,
        "failure": None,
        "modules": (make_module(),),
        "revision": 2,
        "create_time": NOW,
        "update_time": NOW,
        "expire_time": NOW,
    }
    return JobStatus(**{**values, **changes})  # type: ignore[arg-type]


def test_a_submitted_job_has_the_six_keys_in_order() -> None:
    assert json.dumps(answers.submitted(make_job())) == (
        '{"file_id": "f", "request_id": "r", "file_name": "a.txt", "symbolic_directory_path": "/etc", '
        '"file_tags": null, "file_description": null}'
    )


def test_tags_are_told_as_they_were_given() -> None:
    job = make_job(file_tags=(FileTag("a", "1"), FileTag("a", "2")), file_description="d")

    answer = answers.submitted(job)

    assert answer["file_tags"] == [{"a": "1"}, {"a": "2"}]
    assert answer["file_description"] == "d"


def test_a_status_has_the_seven_keys_in_order() -> None:
    assert json.dumps(answers.process_status(make_status())) == (
        '{"status_code": 200, "request_id": "r", "file_id": "f", "message": "SUCCESS: process_status found", '
        '"pipeline": "p", "process_status": {"parser": false}, "overall_status": "ongoing"}'
    )


def test_a_failed_status_says_why() -> None:
    failed = make_status(
        state=JobState.FAILED, overall_status=OverallStatus.FAILED, failure=Failure("parser", "NO_TEXT", "no text")
    )

    answer = answers.process_status(failed)

    assert list(answer)[-1] == "failure_status"
    assert answer["failure_status"] == {"module": "parser", "reason": "NO_TEXT", "message": "no text"}


def test_a_finished_job_has_the_eight_keys_in_order() -> None:
    output = Output(content=b'[{"snippet": "x"}]', media_type="application/json", sha256="", file_name="f.json")
    done = make_status(modules=(make_module(state=ModuleState.SUCCEEDED, warnings=("slow",)),))

    assert json.dumps(answers.finished(done, output, ["out/f.json"])) == (
        '{"status_code": 200, "pipeline": "p", "request_id": "r", "file_id": "f", '
        '"message": "SUCCESS - output fetched for file_id f.Output saved to location(s) listed in '
        'process_output_files.", "warnings": ["parser: slow"], "process_output": [{"snippet": "x"}], '
        '"process_output_files": ["out/f.json"]}'
    )


def test_an_output_that_is_no_json_is_not_included() -> None:
    output = Output(content=b"text", media_type="text/plain", sha256="", file_name="f.txt")

    assert answers.finished(make_status(), output, [])["process_output"] is None


def test_a_failed_job_is_told_with_module_reason_and_message() -> None:
    error = answers.job_failed(make_status(state=JobState.FAILED, failure=Failure("parser", "NO_TEXT", "no text")))

    assert isinstance(error, ValueError)
    assert str(error) == "processes associated with request_id 'r' failed at module 'parser': no text (NO_TEXT)"
    assert (error.module, error.reason, error.failure_message) == ("parser", "NO_TEXT", "no text")
    assert (error.file_id, error.request_id) == ("f", "r")


def test_a_cancelled_job_is_told_as_cancelled() -> None:
    assert answers.job_failed(make_status(state=JobState.CANCELLED)).reason == "CANCELLED"
