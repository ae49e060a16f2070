"""The `octavo` command as a user runs it: a child process against a real server."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ServerProcess, clean_environment

TEXT = "It was a bright cold day in April. The clocks were striking thirteen."
SCRIPT = str(Path(sys.executable).parent / "octavo")


def octavo(*arguments: str, cwd: Path, server: str = "127.0.0.1:1", **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "octavo.cli", *arguments],
        cwd=cwd,
        env={**clean_environment(), "OCTAVO_SERVER": server, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return tmp_path


@pytest.mark.parametrize("command", [[SCRIPT], [sys.executable, "-m", "octavo.cli"]])
def test_the_script_and_the_module_are_the_same_command(command: list[str]) -> None:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("octavo ")


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    done = octavo(cwd=tmp_path)
    assert done.returncode == 2
    assert "pipelines" in done.stdout


def test_the_api_key_is_never_shown(tmp_path: Path) -> None:
    assert "secret" not in octavo("process", "--help", cwd=tmp_path, OCTAVO_API_KEY="secret").stdout


def test_files_are_processed_and_saved(server: ServerProcess, folder: Path) -> None:
    done = octavo("process", "a.txt", "b.txt", "--save-dir", "out", cwd=folder, server=server.address)

    assert (done.returncode, done.stderr) == (0, "")
    last = [line for line in done.stdout.splitlines() if "succeeded" in line]
    assert {line.split()[0] for line in last} == {"a.txt", "b.txt"}
    saved = [folder / line.split()[-1] for line in last]
    assert all(" ".join(item["snippet"] for item in json.loads(path.read_text())) == TEXT for path in saved)
    assert "\x1b" not in done.stdout


def test_json_is_one_object_a_file_and_nothing_else(server: ServerProcess, folder: Path) -> None:
    done = octavo("process", "a.txt", "broken.pdf", "--json", cwd=folder, server=server.address)

    assert done.returncode == 1
    answers = {answer["local_file_path"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    good, bad = answers["a.txt"], answers["broken.pdf"]
    assert (good["state"], good["overall_status"]) == ("succeeded", "complete")
    assert good["process_output_files"] == [f"./{good['file_id']}.json"] or (
        Path(good["process_output_files"][0]).name == f"{good['file_id']}.json"
    )
    assert (bad["state"], bad["overall_status"], bad["process_output_files"]) == ("failed", "failed", [])
    assert set(bad["failure_status"]) == {"module", "reason", "message"}


def test_a_job_is_looked_up_watched_and_fetched(server: ServerProcess, folder: Path) -> None:
    submitted = octavo("process", "a.txt", "--no-wait", "--json", cwd=folder, server=server.address)
    assert submitted.returncode == 0
    request_id = json.loads(submitted.stdout)["request_id"]

    watched = octavo("watch", request_id, cwd=folder, server=server.address)
    status = octavo("status", request_id, "--json", cwd=folder, server=server.address)
    printed = octavo("fetch", request_id, cwd=folder, server=server.address)
    saved = octavo("fetch", request_id, "--output", "x.json", cwd=folder, server=server.address)
    listed = octavo("pipelines", "--json", cwd=folder, server=server.address)

    assert (watched.returncode, watched.stdout.splitlines()[-1]) == (0, f"{request_id}  succeeded")
    assert json.loads(status.stdout)["process_status"] == {"parser": True}
    assert json.loads(printed.stdout) == json.loads((folder / "x.json").read_text())
    assert saved.returncode == 0
    told = json.loads(listed.stdout)
    assert (told["name"], told["module_chain"]) == ("parser", ["parser"])


def test_warnings_are_told(server: ServerProcess, folder: Path) -> None:
    (folder / "latin.txt").write_bytes("Un café, s'il vous plaît. Très bien.".encode("cp1252"))

    shown = octavo("process", "latin.txt", cwd=folder, server=server.address)
    submitted = octavo("process", "latin.txt", "--json", cwd=folder, server=server.address)
    answer = json.loads(submitted.stdout)
    status = octavo("status", answer["request_id"], cwd=folder, server=server.address)
    status_json = octavo("status", answer["request_id"], "--json", cwd=folder, server=server.address)
    watched = octavo("watch", answer["request_id"], cwd=folder, server=server.address)

    (warning,) = answer["warnings"]
    assert "not valid UTF-8" in warning
    assert json.loads(status_json.stdout)["warnings"] == [warning]
    for done in (shown, status, watched):
        assert done.stdout.splitlines()[-1] == f"  warning: {warning}"


def test_an_output_is_fetched_as_json(server: ServerProcess, folder: Path) -> None:
    submitted = octavo("process", "a.txt", "--json", cwd=folder, server=server.address)
    request_id = json.loads(submitted.stdout)["request_id"]

    included = octavo("fetch", request_id, "--json", cwd=folder, server=server.address)
    saved = octavo("fetch", request_id, "--json", "--output", "x.json", cwd=folder, server=server.address)

    content = (folder / "x.json").read_bytes()
    described = {
        "request_id": request_id,
        "media_type": "application/json",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert json.loads(included.stdout) == {**described, "content": json.loads(content)}
    assert json.loads(saved.stdout) == {**described, "path": "x.json"}


def test_the_help_tells_the_exit_codes(tmp_path: Path) -> None:
    told = " ".join(octavo("process", "--help", cwd=tmp_path).stdout.split())
    assert (
        "0 ok, 1 a job failed, 2 bad input or refused, 3 no server, 130 interrupted, 141 whoever read the output left"
        in told
    )


def test_a_lost_server_is_told_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "octavo.cli", "process", "a.txt"],
            cwd=tmp_path,
            env={**clean_environment(), "OCTAVO_SERVER": server.address},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "a.txt  pending  parser\n"
        server.terminate()
        assert process.stderr.readline() == f"octavo: no server at {server.address}; trying again for 60 s\n"
        process.kill()
        process.communicate(timeout=30)


def test_model_and_params_are_chosen(server: ServerProcess, folder: Path) -> None:
    options = ("--model", "fixed", "--param", "chunk_size=5", "--param", "overlap_size=1")

    done = octavo("process", "a.txt", "--json", *options, cwd=folder, server=server.address)

    (answer,) = map(json.loads, done.stdout.splitlines())
    snippets = json.loads((folder / answer["process_output_files"][0]).read_text())
    assert snippets[0]["snippet"] == "It was a bright cold"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["process", "nowhere.txt"], "nowhere.txt: there is no such file"),
        (["process", "."], "is a directory"),
        (["process", "a.txt", "--param", "x"], "must be NAME=VALUE"),
        (["process", "a.txt", "--pipeline", "nope"], "no pipeline 'nope'"),
        (["process", "a.txt", "--model", "nope"], "--model parser: module parser has no model 'nope'"),
        (["process", "a.txt", "--param", "sentence=x"], "--param parser"),
        (["process", "a.txt", "--tag", "a=!"], "octavo: a.txt: --tag: must be"),
        (["process", "empty.txt"], "octavo: empty.txt: the document is empty"),
        (["status", "nope"], "nope"),
        (["frobnicate"], "No such command"),
        (["process"], "Missing argument"),
    ],
)
def test_bad_input_is_told_in_a_line_or_two(
    server: ServerProcess, folder: Path, arguments: list[str], told: str
) -> None:
    done = octavo(*arguments, cwd=folder, server=server.address)

    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert "Traceback" not in done.stderr


def test_a_missing_server_is_told_with_what_to_do(folder: Path) -> None:
    done = octavo("process", "a.txt", cwd=folder)

    assert done.returncode == 3
    assert done.stderr == (
        "octavo: no server at 127.0.0.1:1: start one with `octavo-server serve`, or name another with --server\n"
    )


def test_an_interrupt_says_that_jobs_go_on_and_how_to_watch_them(tmp_path: Path) -> None:
    # Without workers the job waits for ever.
    (tmp_path / "a.txt").write_text(TEXT)
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "octavo.cli", "process", "a.txt"],
            cwd=tmp_path,
            env={**clean_environment(), "OCTAVO_SERVER": server.address},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "a.txt  pending  parser\n"
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=30)

        assert process.returncode == 130
        request_id = told.rpartition(" ")[2].strip("`\n")
        assert told == f"octavo: the jobs go on; watch them with `octavo watch {request_id}`\n"
        assert octavo("status", request_id, cwd=tmp_path, server=server.address).returncode == 0


def test_a_reader_that_leaves_ends_the_command_without_a_word(server: ServerProcess, folder: Path) -> None:
    for options in ([], ["--json"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-m", "octavo.cli", "process", "a.txt", "b.txt", *options],
            cwd=folder,
            env={**clean_environment(), "OCTAVO_SERVER": server.address},
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (141, "")


def test_a_server_without_tls_is_told_without_a_dump(server: ServerProcess, folder: Path) -> None:
    done = octavo("pipelines", cwd=folder, server=f"https://{server.address}")

    assert done.returncode == 3
    assert done.stderr == (
        f"octavo: no server answers at {server.address}. If it does not speak TLS, write http://, not https://; "
        "if it does, its certificate may not be trusted\n"
    )


def test_a_missing_api_key_is_told_with_the_option_to_give_it(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("tenant a-key-that-is-long-enough\n")
    with ServerProcess(tmp_path / "data", "--api-keys-file", str(keys)) as server:
        done = octavo("pipelines", cwd=tmp_path, server=server.address)

    assert done.returncode == 2
    assert "give --api-key KEY, or set OCTAVO_API_KEY" in done.stderr
    assert "metadata" not in done.stderr
