"""The commands that change and remove what pipelines hold, and those that wait for changes."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.cli_shell import COMMAND, TEXT, UNKNOWN, Shell, shelf
from tests.servers import ServerProcess


@pytest.fixture
def shell(server: ServerProcess, tmp_path: Path) -> Shell:
    """A pipeline `words` with a file that succeeded and one that failed."""
    return shelf(tmp_path, server.address)


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Shell]:
    """A server without workers, where jobs wait for ever, with one job."""
    (tmp_path / "a.txt").write_text(TEXT)
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        shell = Shell(tmp_path, server.address)
        assert shell.run("process", "a.txt", "--keep-names", "--no-wait").returncode == 0
        yield shell


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
    assert held.stderr.endswith("`octavo pipeline reset -- words`, or `octavo pipeline delete --force -- words`\n")
    assert unsure.returncode == 2
    assert (declined, "Delete all files of pipeline words" in question) == (1, True)
    assert emptied == [{"name": "words", "deleted_file_count": 2}]
    assert confirmed == 0
    assert shell.run("pipelines").stdout == ""


def test_a_pipeline_is_made_and_a_chain_that_does_not_fit_refused(shell: Shell) -> None:
    (made,) = shell.rows("pipeline", "create", "plain", "extract")
    refused = shell.run("pipeline", "create", "odd", "keyword-db", "parser")
    taken = shell.run("pipeline", "create", "words", "extract")
    forced = shell.run("pipeline", "delete", "words", "--force", "--yes")

    assert made[:2] == ["plain", "extract"]
    assert refused.returncode == 2
    assert refused.stderr.startswith("octavo: MODULE no. 2: ")
    assert taken.stderr.endswith(": `octavo pipeline reset -- words`\n")
    assert forced.stdout == "words  deleted  2 files deleted\n"


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
    assert idle.rows("jobs")[0][4] == "pending"


def test_retried_jobs_are_watched_to_their_end(shell: Shell) -> None:
    (row,) = shell.rows("jobs", "--state", "failed")

    done = shell.run("retry", row[0], "--watch")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(f"{row[0]}  failed  in parser: ")


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
