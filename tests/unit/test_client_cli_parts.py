"""The parts that commands are made of: what they print, and what they understand."""

import io
import json
import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.console import Console

import octavo
from octavo.cli import each as doing
from octavo.cli import filters
from octavo.cli.commands.snippets import lines_text
from octavo.cli.failures import BadInputError, ExitCode
from octavo.cli.file_rows import FILE_COLUMNS, file_row
from octavo.cli.pipeline_names import pipeline_names
from octavo.cli.records import job_record, record
from octavo.cli.sizes import size_text
from octavo.cli.tables import Column, print_table
from octavo.cli.tags import tags_of
from octavo.cli.times import moment_of, seconds_of
from octavo.cli.trees import drawn
from octavo.files import File, FileQuery, TreeFile
from octavo.statuses import FileTag, JobState
from tests.unit.test_client_answers import make_module, make_status

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
ID = "5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11"


def make_file(**changes: object) -> File:
    values = {
        "file_id": ID,
        "request_id": "r",
        "pipeline": "p",
        "file_name": "a.txt",
        "symbolic_directory_path": "/box",
        "file_tags": (FileTag("author", "orwell"), FileTag("year", "1949")),
        "file_description": None,
        "state": JobState.SUCCEEDED,
        "modules": (make_module(),),
        "failure": None,
        "size_bytes": 2048,
        "create_time": NOW,
        "update_time": NOW,
        "expire_time": NOW + timedelta(hours=1),
    }
    return File(**{**values, **changes})  # type: ignore[arg-type]


def terminal(width: int) -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, force_terminal=True, color_system=None, width=width, highlight=False), text


def off_terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=False)


def tree(*paths: str, state: JobState = JobState.SUCCEEDED) -> str:
    files = [TreeFile(symbolic_file_path=path, file_id=ID, state=state) for path in paths]
    return "\n".join(line.plain for line in drawn(files))


def test_off_a_terminal_a_row_is_a_line_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    console = off_terminal()

    print_table(console, FILE_COLUMNS, [file_row(console, make_file(file_name="a" * 200 + ".txt"))])

    cells = capsys.readouterr().out.removesuffix("\n").split("\t")
    assert cells == [
        ID, "/box/" + "a" * 200 + ".txt", "succeeded", "2048", "2026-01-31T12:00:00+00:00",
        "2026-01-31T13:00:00+00:00", "author=orwell,year=1949", "r",
    ]  # fmt: skip
    assert len(cells) == len(FILE_COLUMNS)


def test_a_cell_cannot_end_its_line_or_give_the_terminal_orders(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [["a\tb\nc", "\x1b[2Jd\x9b2Je"]]
    print_table(off_terminal(), [Column(title="A"), Column(title="B")], cells)
    console, drawing = terminal(80)
    print_table(console, [Column(title="A"), Column(title="B")], cells)

    assert capsys.readouterr().out == "a b c\t [2Jd 2Je\n"
    assert "\x1b" not in drawing.getvalue()
    assert "\x9b" not in drawing.getvalue()


def test_a_narrow_terminal_shows_ids_whole_and_folds_paths() -> None:
    console, text = terminal(80)
    print_table(console, FILE_COLUMNS, [file_row(console, make_file(file_name="long-" * 10 + ".txt"))])

    head, first, second = (line.rstrip() for line in text.getvalue().splitlines())
    assert head.split() == ["FILE", "ID", "PATH", "STATE"]
    assert first.startswith(ID)
    assert first.endswith("succeeded")
    assert second.strip().endswith(".txt")


def test_a_wide_terminal_shows_more_columns() -> None:
    console, text = terminal(160)
    print_table(console, FILE_COLUMNS, [file_row(console, make_file())])

    assert "author=orwell" in text.getvalue()
    assert "2.0 KiB" in text.getvalue()
    assert "2026-01-31 12:00" in text.getvalue()


def test_a_tree_is_drawn_from_the_root() -> None:
    assert tree("/box/a.txt", "/box/mid/b.txt", "/box/z.txt").splitlines() == [
        "/",
        "└── /box",
        "    ├── a.txt",
        "    ├── /mid",
        "    │   └── b.txt",
        "    └── z.txt",
    ]


def test_a_tree_tells_the_state_of_what_has_not_succeeded() -> None:
    assert tree("/a.txt", state=JobState.RUNNING) == "/\n└── a.txt  running"
    assert tree("/a.txt", state=JobState.FAILED) == "/\n└── a.txt  failed"


def test_a_directory_and_a_file_may_have_one_name() -> None:
    assert tree("/a.txt", "/a.txt/b.txt").splitlines() == ["/", "├── a.txt", "└── /a.txt", "    └── b.txt"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("600", 600), ("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800), ("1.5h", 5400)]
)
def test_durations_are_understood(text: str, seconds: float) -> None:
    assert seconds_of(text, "--expire") == seconds


@pytest.mark.parametrize("text", ["", "h", "2 weeks", "-5", "1e3", "2026-01-31"])
def test_other_durations_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadInputError, match=r"--expire .*30m, 2h, 7d"):
        seconds_of(text, "--expire")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("2h", NOW - timedelta(hours=2)),
    ],
)
def test_times_are_understood(text: str, moment: datetime) -> None:
    assert moment_of(text, "--since", now=NOW) == moment


def test_a_date_as_an_end_means_its_last_instant() -> None:
    end = moment_of("2026-01-02", "--until", now=NOW, is_end=True)
    assert end == datetime(2026, 1, 2, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "", "02.01.2026", "2026", "99999999d"])
def test_other_times_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadInputError, match=r"--since .*2026-01-31"):
        moment_of(text, "--since", now=NOW)


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 40, "3072.0 GiB")])
def test_sizes_are_readable(size: int, text: str) -> None:
    assert size_text(size) == text


def test_tags_are_pairs() -> None:
    assert tags_of(["a=b", "c=*"]) == (("a", "b"), ("c", "*"))
    assert tags_of(None) == ()


@pytest.mark.parametrize("text", ["a", "=b", "a="])
def test_a_tag_needs_key_and_value(text: str) -> None:
    with pytest.raises(BadInputError, match="KEY=VALUE"):
        tags_of([text])


@pytest.mark.parametrize(("numbers", "text"), [((), ""), ((4,), "4"), ((4, 5, 6), "4-6")])
def test_lines_are_told_as_a_range(numbers: tuple[int, ...], text: str) -> None:
    assert lines_text(numbers) == text


def test_terms_that_fit_nothing_are_told_as_the_options_they_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    filters.tell_unmatched(FileQuery(symbolic_directory_paths=("/q/*",), file_tags=(("k", "*"),)))
    filters.tell_unmatched(FileQuery())

    assert capsys.readouterr().err == "octavo: no file fits --dir /q/*, --tag k=*\n"


def test_the_json_of_a_file_has_the_keys_of_the_sdk() -> None:
    told = json.loads(json.dumps(record(make_file())))

    assert list(told) == list(File.__slots__)
    assert told["state"] == "succeeded"
    assert told["create_time"] == "2026-01-31T12:00:00+00:00"
    assert told["file_tags"] == [{"author": "orwell"}, {"year": "1949"}]
    assert told["modules"][0]["name"] == "parser"
    assert told["file_description"] is None


def test_the_json_of_a_job_has_state_and_times() -> None:
    told = json.loads(json.dumps(job_record(make_status())))

    assert told["state"] == "running"
    assert datetime.fromisoformat(told["create_time"]).tzinfo is not None


async def test_a_refusal_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    done = []

    async def work(name: str) -> None:
        if name == "bad":
            raise octavo.NotFoundError("there is none")
        done.append(name)

    assert await doing.each(["a", "bad", "b", "a"], work) is ExitCode.BAD_INPUT
    assert done == ["a", "b"]
    assert capsys.readouterr().err == "octavo: bad: there is none\n"


async def test_a_lost_server_stops_all() -> None:
    async def work(_: str) -> None:
        raise octavo.UnavailableError("gone")

    with pytest.raises(octavo.UnavailableError):
        await doing.each(["a", "b"], work)


@pytest.mark.parametrize("server", ["127.0.0.1:1", "no address"])
def test_names_to_complete_are_none_without_a_server(server: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert pipeline_names(server, None, 5.0) == []
    assert capfd.readouterr() == ("", "")
    assert os.environ.get("OCTAVO_SERVER") is None
