"""The commands that only read, as a user runs them: tables, plain lines, JSON, and what is refused."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.cli_shell import COMMAND, TEXT, UNKNOWN, Shell, shelf
from tests.servers import ServerProcess

LISTINGS = [
    ["list", "words"], ["tree", "words"], ["search", "words", "clock"], ["jobs"], ["pipelines"], ["modules"],
]  # fmt: skip


def without_styles(text: str) -> str:
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A pipeline `words` with a file that succeeded and one that failed; nothing here changes them."""
    folder = tmp_path_factory.mktemp("reading")
    with ServerProcess(folder / "data", "--workers", "2") as server:
        yield shelf(folder, server.address)


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


def test_a_pipeline_without_an_index_is_not_searched(shell: Shell) -> None:
    assert shell.run("pipeline", "create", "unsearchable", "parser").returncode == 0

    done = shell.run("search", "unsearchable", "clock")

    assert shell.run("pipeline", "delete", "unsearchable", "--yes").returncode == 0
    assert (done.returncode, done.stdout) == (1, "")
    assert "keyword-db" in done.stderr


def test_words_are_found_with_their_lines(shell: Shell) -> None:
    done = shell.run("search", "words", "clock", "the", "april")
    (found,) = shell.objects("search", "words", "clock")

    assert [line.split("\t")[:4] for line in done.stdout.splitlines()] == [
        ["/box/a.txt", "april", "1", "1"],
        ["/box/a.txt", "clocks", "1", "2"],
    ]
    assert done.stderr == "octavo: too common to be searched for: the\n"
    assert found["file"]["file_name"] == "a.txt"
    assert found["hits"] == [{"keyword": "clocks", "line_number": 2, "keyword_number": 2}]
    assert shell.run("search", "words", "nowhere").stderr == "octavo: no hits\n"
    assert shell.run("search", "words", "привет", "clock").stderr == (
        "octavo: not searched for, as only ASCII letters and digits are indexed: привет\n"
    )


def test_failed_jobs_are_listed_with_the_reason(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "failed", "--pipeline", "words")
    (told,) = shell.objects("jobs", "words", "--state", "failed")

    assert row[:5] == [told["request_id"], told["file_id"], "/box/broken.pdf", "words", "failed"]
    assert "(DOCUMENT_DAMAGED)" in row[6]
    assert told["symbolic_file_path"] == "/box/broken.pdf"
    assert told["failure_status"]["module"] == "parser"
    assert shell.run("jobs", "--state", "pending").stderr == "octavo: no jobs found\n"
    assert "more than 1 jobs" in shell.run("jobs", "--max", "1").stderr


def test_jobs_tell_their_documents_at_any_width(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "-p", "words", "--state", "succeeded")

    for width in (80, 120, 160):
        _, shown = shell.on_terminal("jobs", width=width)
        assert "/box/a.txt" in shown, width
    assert "  path: /box/a.txt\n" in shell.run("status", row[0]).stdout
    assert shell.objects("status", row[0])[0]["symbolic_file_path"] == "/box/a.txt"


def test_modules_tell_what_follows_them(shell: Shell) -> None:
    rows = {row[0]: row for row in shell.rows("modules")}
    told = {module["name"]: module for module in shell.objects("modules")}

    assert rows["parser"][1:4] == ["document", "json", "sentence,fixed"]
    assert "json-to-txt" in rows["parser"][4].split(",")
    assert [param["name"] for param in told["parser"]["models"][1]["params"]][:2] == ["chunk_size", "overlap_size"]


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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "nope"], "nope"),
        (["tree", "nope"], "nope"),
        (["tree", "words", "b"], "octavo: DIR: must be"),
        (["list", "words", "--name", "a*b"], "octavo: --name: must be"),
        (["list", "words", "--dir", "/a", "--dir", "b"], "octavo: --dir no. 2: must be"),
        (["search", "words", "clock", "--path", "b"], "octavo: --path: must be"),
        (["jobs", "words", "--pipeline", "words"], "not both"),
        (["list", "words", "--since", "yesterday"], "--since yesterday: must be"),
        (["list", "words", "--tag", "x"], "--tag x: must be KEY=VALUE"),
        (["list", "words", "--state", "lost"], "'lost'"),
        (["list", "words", "--max", "0"], "--max"),
        (["update", UNKNOWN], "nothing to change"),
        (["update", UNKNOWN, "--name", "b.txt"], UNKNOWN),
        (["update", UNKNOWN, "--tag", "a=b", "--no-tags"], "exclude each other"),
        (["process", "a.txt", "broken.pdf", "--name", "x.txt"], "--name is for one FILE"),
        (["process", "a.txt", "--expire", "soon"], "--expire soon"),
        (["process", "a.txt", "--pipeline", "words", "--model", "nope:x", "--json"], "nope"),
        (["watch"], "give the ids of jobs, or --pipeline"),
        (["watch", "--pipeline", "nope"], "nope"),
        (["pipeline", "delete", "nope", "--yes"], "nope"),
    ],
)
def test_bad_input_is_told_in_a_line_or_two(shell: Shell, arguments: list[str], told: str) -> None:
    done = shell.run(*arguments)

    assert done.returncode == 2
    # A refused file is an object too.
    assert done.stdout == "" or "--json" in arguments
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
            assert (done.returncode, done.stderr) == (141, ""), command


def test_a_word_that_stands_everywhere_is_a_line(shell: Shell) -> None:
    (shell.folder / "kettles.txt").write_text("The kettle kettle boils.\n" * 5_500)
    (submitted,) = shell.objects("process", "kettles.txt", "--pipeline", "words", "--dir", "/kitchen", "--no-wait")
    assert shell.run("watch", submitted["request_id"]).returncode == 0

    done = shell.run("search", "words", "kettle")
    _, shown = shell.on_terminal("search", "words", "kettle", width=120)
    (told,) = shell.objects("search", "words", "kettle")
    file_id = submitted["file_id"]
    assert shell.run("delete", "--yes", file_id).returncode == 0

    ((path, *cells),) = [line.split("\t") for line in done.stdout.splitlines()]
    assert path.startswith("/kitchen/")
    assert cells == ["kettle", "10000", "1, 2, 3, 4, 5, ...", file_id]
    assert "10,000" in shown
    assert done.stderr.endswith(f"all: `octavo fetch --file-id {file_id} --output words.db`\n")
    assert len(told["hits"]) == 10_000


def test_without_a_server_every_command_says_so(tmp_path: Path) -> None:
    shell = Shell(tmp_path, "127.0.0.1:1")
    for command in [*LISTINGS, ["cancel", UNKNOWN], ["snippets", UNKNOWN], ["delete", UNKNOWN, "--yes"]]:
        done = shell.run(*command)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith("octavo: no server at 127.0.0.1:1: start one")


def test_bash_completes_the_names_of_pipelines(shell: Shell) -> None:
    for line in (
        "octavo list w",
        "octavo process --pipeline w",
        "octavo jobs w",
        "octavo watch -p w",
        "octavo pipeline reset ",
    ):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_OCTAVO_COMPLETE": "complete_bash"}
        done = subprocess.run(
            COMMAND, env={**shell.environment, **words}, capture_output=True, text=True, timeout=30, check=True
        )
        assert (done.stdout, done.stderr) == ("words\n", "")


HOSTILE = ("zz;touch PWNED;", "zz$(touch PWNED)", "zz`touch PWNED`", "zz'q", 'zz"q', "zz Ünï: #1", "-zz", "zz>PWNED")


def test_a_name_that_a_shell_would_read_as_more_is_not_offered(shell: Shell) -> None:
    for name in (*HOSTILE, "zz.plain-1"):
        assert shell.run("pipeline", "create", "--", name, "parser").returncode == 0

    offered = {kind: _completed(shell, kind, "octavo list z") for kind in ("bash", "zsh", "fish")}
    dashed = _completed(shell, "bash", "octavo list -- -")

    for name in (*HOSTILE, "zz.plain-1"):
        assert shell.run("pipeline", "delete", "--yes", "--", name).returncode == 0
    assert offered == {
        "bash": "zz.plain-1\n", "zsh": "_arguments '*: :((\"zz.plain-1\"))'\n", "fish": "zz.plain-1\n"
    }  # fmt: skip
    assert "zz" not in dashed


def _completed(shell: Shell, kind: str, line: str) -> str:
    words = {
        "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_OCTAVO_COMPLETE": f"complete_{kind}",
    }  # fmt: skip
    return subprocess.run(
        COMMAND, env={**shell.environment, **words}, capture_output=True, text=True, timeout=30, check=True
    ).stdout
