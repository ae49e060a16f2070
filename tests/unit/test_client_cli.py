import io
import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

import octavo
from octavo.cli.failures import BadInputError, ExitCode, exit_code_of, sentence_of
from octavo.cli.live import REFUSED, LiveView
from octavo.cli.module_options import module_options
from octavo.cli.printing import print_line
from octavo.cli.submission import FileRun
from octavo.errors import Details, invalid_argument
from octavo.statuses import Failure, JobState, ModuleState, OverallStatus, Progress
from tests.unit.test_client_answers import make_job, make_module, make_status

KEYS = [
    "local_file_path",
    "file_id",
    "request_id",
    "file_name",
    "symbolic_directory_path",
    "file_tags",
    "file_description",
    "state",
    "overall_status",
    "warnings",
    "document",
    "process_output_files",
]


def make_console(*, is_terminal: bool) -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    console = Console(
        file=text, force_terminal=is_terminal, width=80, height=10, highlight=False, soft_wrap=not is_terminal
    )
    return console, text


def plain(text: io.StringIO) -> str:
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text.getvalue()).replace("\r", "")


def make_run(**changes: object) -> FileRun:
    return FileRun(**{"path": Path("a.txt"), "job": make_job(), **changes})  # type: ignore[arg-type]


FAILED = make_status(
    state=JobState.FAILED, overall_status=OverallStatus.FAILED, failure=Failure("parser", "NO_TEXT", "no text")
)


@pytest.mark.parametrize(
    ("run", "state", "overall_status", "further"),
    [
        (make_run(), "pending", "ongoing", []),
        (make_run(status=make_status(state=JobState.SUCCEEDED)), "succeeded", "ongoing", []),
        (make_run(status=FAILED), "failed", "failed", ["failure_status"]),
        (make_run(job=None, error=octavo.InvalidArgumentError("no")), REFUSED, "failed", ["error"]),
    ],
)
def test_the_json_of_a_file_has_the_promised_keys(
    run: FileRun, state: str, overall_status: str, further: list[str]
) -> None:
    answer = json.loads(json.dumps(run.answer()))

    assert list(answer) == KEYS + further
    assert (answer["state"], answer["overall_status"]) == (state, overall_status)


def test_a_failed_job_fails_the_command_and_a_refused_file_is_bad_input() -> None:
    assert make_run(status=FAILED).exit_code is ExitCode.FAILED
    assert make_run(error=octavo.InvalidArgumentError("no")).exit_code is ExitCode.BAD_INPUT
    assert make_run(status=make_status(state=JobState.SUCCEEDED)).exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInputError("x"), ExitCode.BAD_INPUT),
        (FileNotFoundError(2, "No such file", "x"), ExitCode.BAD_INPUT),
        (octavo.NotFoundError("x"), ExitCode.BAD_INPUT),
        (octavo.UnavailableError("x"), ExitCode.NO_SERVER),
        (octavo.DeadlineExceededError("x"), ExitCode.FAILED),
        (octavo.ServerError("x"), ExitCode.FAILED),
        (octavo.FailedPreconditionError("x"), ExitCode.FAILED),
    ],
)
def test_exit_codes_tell_bad_input_from_failure(error: Exception, code: ExitCode) -> None:
    assert exit_code_of(error) is code


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("query.symbolic_directory_paths[0]", "--dir: no"),
        ("query.file_tags[2].key", "--tag no. 3: no"),
        ("files.create_time_start", "--since: no"),
        ("query", "the search: no"),
        ("modules.parser.params.chunk_size", "--param parser:chunk_size: no"),
        ("modules.keyword-db.model", "--model keyword-db: no"),
        ("modules.nope", "module nope: no"),
        ("content", "no"),
        ("something.new", "something.new: no"),
    ],
)
def test_a_refused_field_is_told_as_it_was_typed(field: str, typed: str) -> None:
    assert sentence_of(invalid_argument(field, "no")) == typed


def test_a_sentence_that_does_not_begin_with_its_field_stays_as_it_is() -> None:
    assert sentence_of(octavo.InvalidArgumentError("no", details=Details(field="content"))) == "no"


def test_a_command_that_is_advised_is_quoted_for_the_shell() -> None:
    details = Details(reason="PIPELINE_NOT_EMPTY", subject="a;b")
    told = sentence_of(octavo.FailedPreconditionError("it holds files", details=details))
    assert told == "it holds files: `octavo pipeline reset -- 'a;b'`, or `octavo pipeline delete --force -- 'a;b'`"


def test_a_file_that_can_not_be_read_is_named() -> None:
    assert sentence_of(PermissionError(13, "Permission denied", "a.txt")) == "a.txt: Permission denied"


@pytest.mark.parametrize(
    ("text", "pair"),
    [("a=10", ("a", 10)), ("a=true", ("a", True)), ("a=x=y", ("a", "x=y")), ('a="10"', ("a", "10"))],
)
def test_a_param_is_json_or_a_text(text: str, pair: tuple[str, object]) -> None:
    assert module_options([], [text], first_module="parser") == {"parser": {"params": dict([pair])}}


def test_models_and_params_are_for_the_first_module_or_the_one_named() -> None:
    asked = module_options(
        ["fixed", "keyword-db:sqlite"], ["chunk_size=5", "parser_2:chunk_size=6"], first_module="parser"
    )
    assert asked == {
        "parser": {"model": "fixed", "params": {"chunk_size": 5}},
        "keyword-db": {"model": "sqlite"},
        "parser_2": {"params": {"chunk_size": 6}},
    }


@pytest.mark.parametrize("text", ["a", "=1", "parser:=1", "parser:a"])
def test_a_param_needs_name_and_value(text: str) -> None:
    with pytest.raises(BadInputError, match="NAME=VALUE"):
        module_options([], [text], first_module="parser")


@pytest.mark.parametrize("models", [["parser:"], ["sentence", "parser:fixed"]])
def test_a_model_is_named_once(models: list[str]) -> None:
    with pytest.raises(BadInputError, match="KEY:MODEL"):
        module_options(models, [], first_module="parser")


def test_without_a_terminal_each_change_of_state_is_one_plain_line() -> None:
    console, text = make_console(is_terminal=False)
    with LiveView(console) as view:
        row = view.add("a.txt")
        for page in (1, 2, 3):
            view.update(row, make_status(modules=(make_module(progress=Progress("page", page, 9)),)))
        view.update(row, make_status(state=JobState.SUCCEEDED))
        view.finish(row, "out/f.json")

    assert text.getvalue() == "a.txt  running  parser\na.txt  succeeded  out/f.json\n"


def test_a_failure_says_where_and_why() -> None:
    console, text = make_console(is_terminal=False)
    with LiveView(console) as view:
        row = view.add("a.txt")
        view.update(row, FAILED)
        view.finish(row)

    assert text.getvalue() == "a.txt  failed  in parser: no text (NO_TEXT)\n"


WARNING = "the text is not valid UTF-8; it was read as cp1252"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_warning_is_told_on_a_line_of_its_own(*, is_terminal: bool) -> None:
    console, text = make_console(is_terminal=is_terminal)
    status = make_status(
        state=JobState.SUCCEEDED, modules=(make_module(state=ModuleState.SUCCEEDED, warnings=(WARNING,)),)
    )
    with LiveView(console) as view:
        row = view.add("a.txt")
        view.update(row, status)
        view.finish(row)

    assert f"  warning: parser: {WARNING}" in [line.rstrip() for line in plain(text).splitlines()]
    assert make_run(status=status).answer()["warnings"] == [f"parser: {WARNING}"]


def test_a_narrow_terminal_breaks_no_words() -> None:
    console, text = make_console(is_terminal=True)
    path = "/srv/outputs/of/the/second/quarter/0b3c5a1e-0000-4000-8000-000000000000.json"
    print_line(console, "a_document_with_a_long_name.pdf", "succeeded", path)
    print_line(console, "b.pdf", "failed", "in parser: the document is damaged or not a PDF: no pages can be read")

    assert [line.rstrip() for line in plain(text).splitlines()] == [
        "a_document_with_a_long_name.pdf  succeeded",
        f"    {path}",
        "b.pdf  failed",
        "    in parser: the document is damaged or not a PDF: no pages can be read",
    ]


def test_a_narrow_live_table_shortens_the_name_only() -> None:
    console, text = make_console(is_terminal=True)
    with LiveView(console) as view:
        row = view.add("a_document_with_such_a_long_name_that_no_terminal_has_room_for_it.pdf")
        view.update(row, make_status(modules=(make_module(progress=Progress("page", 123, 1000)),)))
        view.refresh()
        shown = plain(text)
        view.finish(row)

    (line,) = {line.rstrip() for line in shown.splitlines() if "page" in line}
    assert "running  parser" in line
    assert "page 123 of 1000" in line
    assert line.startswith("a_document_with")
    assert cell_len(line) <= 80


def test_on_a_terminal_running_files_show_their_pages() -> None:
    console, text = make_console(is_terminal=True)
    with LiveView(console) as view:
        row = view.add("a.txt")
        view.update(row, make_status(modules=(make_module(progress=Progress("page", 3, 9)),)))
        view.refresh()
        shown = text.getvalue()
        view.finish(row)

    assert "page 3 of 9" in shown
    assert "running" in shown


def test_more_files_than_fit_are_counted() -> None:
    console, text = make_console(is_terminal=True)
    with LiveView(console) as view:
        for index in range(20):
            view.add(f"{index}.txt")
        view.refresh()
        assert "... and 12 more" in text.getvalue()


def test_a_silent_view_prints_nothing() -> None:
    console, text = make_console(is_terminal=True)
    with LiveView(console, is_silent=True) as view:
        row = view.add("a.txt")
        view.update(row, make_status(modules=(make_module(state=ModuleState.SUCCEEDED),)))
        view.finish(row)
    assert text.getvalue() == ""
