"""The commands that find, change and remove what pipelines hold, as a user runs them on a real server."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ServerProcess, clean_environment

TEXT = "It was a bright cold day in April.\nThe clocks were striking thirteen.\n"
UNKNOWN = "5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11"
COMMAND = [sys.executable, "-m", "octavo.cli"]
LISTINGS = [
    ["list", "words"], ["tree", "words"], ["search", "words", "clock"], ["jobs"], ["pipelines"], ["modules"],
]  # fmt: skip


class Shell:
    """Runs `octavo` in a folder, against a server."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.environment = {**clean_environment(), "OCTAVO_SERVER": address, "TERM": "xterm-256color"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def rows(self, *arguments: str) -> list[list[str]]:
        """What a command prints off a terminal, cell by cell."""
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def objects(self, *arguments: str) -> list[dict]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def on_terminal(self, *arguments: str, answer: str = "", width: int = 80) -> tuple[int, str]:
        """The exit code, and all that a terminal shows; `answer` is typed after a question."""
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.execve(sys.executable, [*COMMAND, *arguments], {**self.environment, "COLUMNS": str(width)})
        shown = b""
        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline:
                if not select.select([terminal], [], [], 1.0)[0]:
                    continue
                try:
                    read = os.read(terminal, 4096)
                except OSError:
                    # Linux says so when the other side is closed.
                    break
                if not read:
                    break
                shown += read
                if answer and b"[y/N] " in shown:
                    os.write(terminal, answer.encode() + b"\n")
                    answer = ""
        finally:
            os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode().replace("\r\n", "\n")


def without_styles(text: str) -> str:
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text)


@pytest.fixture
def shell(server: ServerProcess, tmp_path: Path) -> Iterator[Shell]:
    """A pipeline `words` with a file that succeeded and one that failed."""
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    shell = Shell(tmp_path, server.address)
    assert shell.run("pipeline", "create", "words", "parser", "json-to-txt", "keyword-db").returncode == 0
    submission = ("process", "a.txt", "broken.pdf", "--pipeline", "words", "--dir", "/box", "--tag", "author=orwell")
    done = shell.run(*submission, "--keep-names", "--expire", "2h", "--priority", "high", "--save-dir", "out")
    assert done.returncode == 1, done.stderr
    yield shell


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Shell]:
    """A server without workers, where jobs wait for ever, with one job."""
    (tmp_path / "a.txt").write_text(TEXT)
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        shell = Shell(tmp_path, server.address)
        assert shell.run("process", "a.txt", "--keep-names", "--no-wait").returncode == 0
        yield shell


def test_files_are_listed_in_columns_for_cut(shell: Shell) -> None:
    newest, oldest = shell.rows("list", "words")

    assert {newest[1], oldest[1]} == {"/box/a.txt", "/box/broken.pdf"}
    assert shell.rows("list", "words", "--oldest-first") == [oldest, newest]
    (found,) = shell.rows("list", "words", "--name", "a*")
    assert found[1:4] == ["/box/a.txt", "succeeded", str(len(TEXT))]
    assert found[6] == "author=orwell"


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (["--name", "a.txt"], ["/box/a.txt"]),
        (["--dir", "/box*", "--state", "failed"], ["/box/broken.pdf"]),
        (["--path", "/box/*.pdf"], ["/box/broken.pdf"]),
        (["--path", "/box/a.txt", "--name", "broken.pdf", "--oldest-first"], ["/box/a.txt", "/box/broken.pdf"]),
        (["--tag", "author=*", "--state", "succeeded"], ["/box/a.txt"]),
        (["--since", "1h", "--updated-until", "2099-01-01", "--name", "a.txt"], ["/box/a.txt"]),
    ],
)
def test_files_are_found_by_any_filter(shell: Shell, filters: list[str], paths: list[str]) -> None:
    assert sorted(row[1] for row in shell.rows("list", "words", *filters)) == sorted(paths)


def test_files_are_listed_as_json(shell: Shell) -> None:
    (failed,) = shell.objects("list", "words", "--state", "failed")

    assert failed["file_name"] == "broken.pdf"
    assert failed["failure"]["reason"] == "DOCUMENT_DAMAGED"
    assert shell.objects("list", "words", "--id", failed["file_id"]) == [failed]


def test_what_is_not_found_is_told_on_stderr(shell: Shell) -> None:
    nothing = shell.run("list", "words", "--until", "2020-01-01")
    missed = shell.run("list", "words", "--name", "a.txt", "--dir", "/q/*")
    cut = shell.run("list", "words", "--max", "1")

    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "octavo: no files found\n")
    assert (missed.returncode, missed.stderr) == (0, "octavo: no file fits --dir /q/*\n")
    assert len(cut.stdout.splitlines()) == 1
    assert cut.stderr == "octavo: there are more than 1 files: see more with --max\n"


def test_a_tree_shows_what_has_not_succeeded(shell: Shell) -> None:
    done = shell.run("tree", "words")

    assert done.stdout == "/\n└── /box\n    ├── a.txt\n    └── broken.pdf  failed\n"
    assert shell.run("tree", "words", "/q/*").stderr == "octavo: no files found\n"
    assert [file["symbolic_file_path"] for file in shell.objects("tree", "words", "/box", "--state", "succeeded")] == [
        "/box/a.txt"
    ]


def test_words_are_found_with_their_lines(shell: Shell) -> None:
    done = shell.run("search", "words", "clock", "the", "april")
    (found,) = shell.objects("search", "words", "clock")

    assert [line.split("\t")[:3] for line in done.stdout.splitlines()] == [
        ["/box/a.txt", "1", "april"],
        ["/box/a.txt", "2", "clocks"],
    ]
    assert done.stderr == "octavo: too common to be searched for: the\n"
    assert found["file"]["file_name"] == "a.txt"
    assert found["hits"] == [{"keyword": "clocks", "line_number": 2, "keyword_number": 2}]
    assert shell.run("search", "words", "nowhere").stderr == "octavo: no hits\n"


def test_failed_jobs_are_listed_with_the_reason(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "failed", "--pipeline", "words")
    (told,) = shell.objects("jobs", "--state", "failed")

    assert row[:4] == [told["request_id"], told["file_id"], "words", "failed"]
    assert "(DOCUMENT_DAMAGED)" in row[5]
    assert told["failure_status"]["module"] == "parser"
    assert shell.run("jobs", "--state", "pending").stderr == "octavo: no jobs found\n"
    assert "more than 1 jobs" in shell.run("jobs", "--max", "1").stderr


def test_a_file_is_updated(shell: Shell) -> None:
    file_id = shell.rows("list", "words", "--name", "a.txt")[0][0]

    (moved,) = shell.rows("update", file_id, "--dir", "/archive", "--tag", "year=1949", "--expire", "1d")
    (bare,) = shell.objects("update", file_id, "--no-tags", "--description", "A novel")
    (emptied,) = shell.objects("update", file_id, "--description", "", "--path", "/archive/b.txt")

    assert (moved[1], moved[6]) == ("/archive/a.txt", "year=1949")
    assert (bare["file_tags"], bare["file_description"]) == ([], "A novel")
    assert (emptied["file_name"], emptied["file_description"] or "") == ("b.txt", "")


def test_files_are_deleted_without_a_question_only_if_sure(shell: Shell) -> None:
    file_ids = [row[0] for row in shell.rows("list", "words")]

    unsure = shell.run("delete", *file_ids)
    assert (unsure.returncode, unsure.stdout) == (2, "")
    assert "add --yes" in unsure.stderr
    assert len(shell.rows("list", "words")) == 2

    done = shell.run("delete", "--yes", file_ids[0], UNKNOWN, file_ids[1])
    assert done.returncode == 2
    assert done.stdout.splitlines() == [f"{file_id}  deleted" for file_id in file_ids]
    assert done.stderr.startswith(f"octavo: {UNKNOWN}: ")
    assert shell.run("list", "words").stdout == ""


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 1, 1), ("", 1, 1), ("y", 0, 0), ("YES", 0, 0)])
def test_on_a_terminal_a_deletion_is_asked_for(idle: Shell, answer: str, code: int, left: int) -> None:
    (row,) = idle.rows("list", "parser")

    ended, shown = idle.on_terminal("delete", row[0], answer=answer or " ")

    assert ended == code
    assert f"{row[1]}  pending  (pipeline parser)" in shown
    assert "Delete this file and everything made from it? [y/N]" in shown
    assert ("nothing was deleted" in shown) == (code == 1)
    assert len(idle.run("list", "parser").stdout.splitlines()) == left


def test_pipelines_are_emptied_and_deleted(shell: Shell) -> None:
    held = shell.run("pipeline", "delete", "words", "--yes")
    unsure = shell.run("pipeline", "reset", "words")
    declined, question = shell.on_terminal("pipeline", "reset", "words", answer="n")
    emptied = shell.objects("pipeline", "reset", "words", "--yes")
    confirmed, _ = shell.on_terminal("pipeline", "delete", "words", answer="y")

    assert held.returncode == 1
    assert "words" in held.stderr
    assert unsure.returncode == 2
    assert (declined, "Delete all files of pipeline words" in question) == (1, True)
    assert emptied == [{"name": "words", "deleted_file_count": 2}]
    assert confirmed == 0
    assert shell.run("pipelines").stdout == ""


def test_a_pipeline_is_made_and_a_chain_that_does_not_fit_refused(shell: Shell) -> None:
    (made,) = shell.rows("pipeline", "create", "plain", "extract")
    refused = shell.run("pipeline", "create", "odd", "keyword-db", "parser")
    forced = shell.run("pipeline", "delete", "words", "--force", "--yes")

    assert made[:2] == ["plain", "extract"]
    assert refused.returncode == 2
    assert "keyword-db" in refused.stderr
    assert forced.stdout == "words  deleted  2 files deleted\n"


def test_modules_tell_what_follows_them(shell: Shell) -> None:
    rows = {row[0]: row for row in shell.rows("modules")}
    told = {module["name"]: module for module in shell.objects("modules")}

    assert rows["parser"][1:4] == ["document", "json", "sentence,fixed"]
    assert "json-to-txt" in rows["parser"][4].split(",")
    assert [param["name"] for param in told["parser"]["models"][1]["params"]][:2] == ["chunk_size", "overlap_size"]


def test_waiting_jobs_are_cancelled_and_retried(idle: Shell) -> None:
    (row,) = idle.rows("jobs")

    early = idle.run("retry", row[0])
    cancelled = idle.run("cancel", row[0], UNKNOWN)
    again = idle.objects("cancel", row[0])
    retried = idle.run("retry", row[0])

    assert early.returncode == 1
    assert (cancelled.returncode, cancelled.stdout) == (2, f"{row[0]}  cancelled\n")
    assert again[0]["state"] == "cancelled"
    assert (retried.returncode, retried.stdout) == (0, f"{row[0]}  pending\n")
    assert idle.rows("jobs")[0][3] == "pending"


def test_retried_jobs_are_watched_to_their_end(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "failed")

    done = shell.run("retry", row[0], "--watch")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(f"{row[0]}  failed  in parser: ")


def test_a_job_that_succeeded_is_neither_cancelled_nor_retried(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "succeeded")
    for command in ("cancel", "retry"):
        done = shell.run(command, row[0])
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"octavo: {row[0]}: ")


def test_snippets_are_printed_with_their_lines(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "succeeded")

    assert shell.rows("snippets", row[0]) == [
        ["1", "It was a bright cold day in April."],
        ["2", "The clocks were striking thirteen."],
    ]
    assert shell.objects("snippets", row[0], "--module", "parser")[1]["line_numbers"] == [2]
    assert shell.run("snippets", UNKNOWN).returncode == 2


def test_outputs_of_any_module_are_fetched_by_either_id(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "succeeded")

    by_job = shell.run("fetch", row[0], "--module", "json-to-txt")
    by_file = shell.run("fetch", "--file-id", row[1], "--module", "json-to-txt", "--output", "-")
    (told,) = shell.objects("fetch", "--file-id", row[1], "--module", "parser")

    assert by_job.stdout.split() == TEXT.split()
    assert by_file.stdout == by_job.stdout
    assert not (shell.folder / "-").exists()
    assert (told["file_id"], len(told["content"])) == (row[1], 2)
    assert shell.run("fetch").returncode == 2
    assert shell.run("fetch", row[0], "--file-id", row[1]).returncode == 2


def test_a_binary_output_is_kept_from_the_terminal(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "succeeded")

    code, shown = shell.on_terminal("fetch", row[0])

    assert code == 2
    assert "save it with --output FILE" in shown
    assert shell.run("fetch", row[0], "--output", "x.db").returncode == 0
    assert (shell.folder / "x.db").read_bytes().startswith(b"SQLite format 3")


def test_a_pipeline_is_watched_until_somebody_interrupts(shell: Shell) -> None:
    watching = subprocess.Popen(
        [*COMMAND, "watch", "--pipeline", "words", "--json"],
        cwd=shell.folder, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None
    (row,) = shell.rows("jobs", "--state", "failed")
    # A retry before the watch stands is not told; one after it is.
    states: list[tuple[str, str]] = []
    reader = watching.stdout
    deadline = time.monotonic() + 30
    while (row[0], "failed") not in states and time.monotonic() < deadline:
        shell.run("retry", row[0], "--watch")
        while select.select([reader], [], [], 0.5)[0]:
            told = json.loads(reader.readline())
            states.append((told["request_id"], told["state"]))
            if states[-1][1] == "failed":
                break
    assert (row[0], "failed") in states
    shell.run("delete", row[1], "--yes")
    while states[-1] != (row[0], "removed"):
        told = json.loads(reader.readline())
        states.append((told["request_id"], told["state"]))
    os.kill(watching.pid, signal.SIGINT)
    _, said = watching.communicate(timeout=30)
    assert (watching.returncode, said) == (130, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "nope"], "nope"),
        (["tree", "nope"], "nope"),
        (["search", "parser", "clock"], "keyword-db"),
        (["list", "words", "--name", "a*b"], "*"),
        (["list", "words", "--since", "yesterday"], "--since yesterday: must be"),
        (["list", "words", "--tag", "x"], "--tag x: must be KEY=VALUE"),
        (["list", "words", "--state", "lost"], "'lost'"),
        (["list", "words", "--max", "0"], "--max"),
        (["update", UNKNOWN], "nothing to change"),
        (["update", UNKNOWN, "--name", "b.txt"], UNKNOWN),
        (["update", UNKNOWN, "--tag", "a=b", "--no-tags"], "exclude each other"),
        (["process", "a.txt", "broken.pdf", "--name", "x.txt"], "--name is for one FILE"),
        (["process", "a.txt", "--expire", "soon"], "--expire soon"),
        (["process", "a.txt", "--pipeline", "words", "--model", "nope:x"], "nope"),
        (["watch"], "give the ids of jobs, or --pipeline"),
        (["watch", "--pipeline", "nope"], "nope"),
        (["pipeline", "delete", "nope", "--yes"], "nope"),
    ],
)
def test_bad_input_is_told_in_a_line_or_two(shell: Shell, arguments: list[str], told: str) -> None:
    if arguments[:2] == ["search", "parser"]:
        shell.run("pipeline", "create", "parser", "parser")
    done = shell.run(*arguments)

    assert (done.returncode, done.stdout) == (1 if arguments[0] == "search" else 2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert "Traceback" not in done.stderr


def test_every_listing_is_a_table_on_a_terminal_and_fits_it(shell: Shell) -> None:
    for width in (80, 120):
        for command in LISTINGS:
            code, shown = shell.on_terminal(*command, width=width)
            assert code == 0
            assert "\x1b[" in shown, command
            assert "\t" not in shown, command
            assert all(len(line.rstrip()) <= width for line in without_styles(shown).splitlines()), command
    _, shown = shell.on_terminal("list", "words")
    lines = without_styles(shown).splitlines()
    assert lines[0].split() == ["FILE", "ID", "PATH", "STATE"]
    assert sorted(line.split()[1:] for line in lines[1:]) == [
        ["/box/a.txt", "succeeded"],
        ["/box/broken.pdf", "failed"],
    ]


def test_off_a_terminal_nothing_is_styled(shell: Shell) -> None:
    for command in LISTINGS:
        assert "\x1b" not in shell.run(*command).stdout


def test_a_reader_that_leaves_ends_any_listing_without_a_word(shell: Shell) -> None:
    for command in LISTINGS:
        for options in ([], ["--json"]):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run(
                [*COMMAND, *command, *options],
                cwd=shell.folder, env=shell.environment, stdout=writer, stderr=subprocess.PIPE,
                text=True, timeout=60, check=False,
            )  # fmt: skip
            os.close(writer)
            assert (done.returncode, done.stderr) == (1, ""), command


def test_without_a_server_every_command_says_so(tmp_path: Path) -> None:
    shell = Shell(tmp_path, "127.0.0.1:1")
    for command in [*LISTINGS, ["cancel", UNKNOWN], ["snippets", UNKNOWN], ["delete", UNKNOWN, "--yes"]]:
        done = shell.run(*command)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith("octavo: no server at 127.0.0.1:1: start one")


def test_bash_completes_the_names_of_pipelines(shell: Shell) -> None:
    for line in ("octavo list w", "octavo process --pipeline w", "octavo pipeline reset "):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_OCTAVO_COMPLETE": "complete_bash"}
        done = subprocess.run(
            COMMAND, env={**shell.environment, **words}, capture_output=True, text=True, timeout=30, check=True
        )
        assert (done.stdout, done.stderr) == ("words\n", "")
