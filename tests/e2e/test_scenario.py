"""The scenario of the product, as a script: a user of the hosted product changes only the import."""

import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests import documents
from tests.servers import ServerProcess

TEXT = "It was a bright cold day in April. The clocks were striking thirteen."
SCRIPT = """
import json
import time

import octavo

MY_API_KEY, MY_API_URL = {key!r}, {url!r}

octavo.init(api_key=MY_API_KEY, api_url=MY_API_URL)
pipeline = octavo.create_pipeline(name="system-process-status-docs", module_chain=["parser"])
octavo.reset_pipeline(pipeline)
process_output = pipeline.process(
    local_file_path={path!r},
    local_save_directory="output",
    expire_time=60 * 10,
    wait_for_process=False,
    verbose=False,
)
print(json.dumps(process_output))
while True:
    process_status = pipeline.process_status(request_id=process_output["request_id"])
    print(json.dumps(process_status))
    if process_status["overall_status"] != "ongoing":
        break
    time.sleep(0.05)
"""
WAITING_SCRIPT = """
import json

import octavo

octavo.init(api_key="any", api_url={url!r})
pipeline = octavo.create_pipeline(name="waiting", module_chain=["parser"])
process_output = pipeline.process(local_file_path={path!r}, local_save_directory="output")
print(json.dumps(process_output))
"""


MAKERS = {".txt": str.encode, ".pdf": lambda text: documents.pdf([text]), ".docx": lambda text: documents.word([text])}


def make_document(folder: Path, extension: str) -> Path:
    path = folder / f"1984_very_short{extension}"
    path.write_bytes(MAKERS[extension](TEXT))
    return path


def run_script(folder: Path, script: str) -> list[str]:
    (folder / "output").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("extension", [".txt", ".pdf", ".docx"])
def test_the_scenario_works_word_for_word(server: ServerProcess, tmp_path: Path, extension: str) -> None:
    path = make_document(tmp_path, extension)

    greeting, *lines = run_script(tmp_path, SCRIPT.format(key="any", url=f"http://{server.address}", path=path.name))

    assert greeting.startswith("SUCCESS: ")
    process_output, *statuses = map(json.loads, lines)
    assert list(process_output) == [
        "file_id",
        "request_id",
        "file_name",
        "symbolic_directory_path",
        "file_tags",
        "file_description",
    ]
    assert str(uuid.UUID(process_output["file_id"])) == process_output["file_id"]
    assert re.fullmatch(r"octavo_generated_file_name_[a-z]{10}" + re.escape(extension), process_output["file_name"])
    assert process_output["symbolic_directory_path"] == "/etc"
    assert process_output["file_tags"] is None
    assert process_output["file_description"] is None
    first, last = statuses[0], statuses[-1]
    for status in (first, last):
        assert list(status) == [
            "status_code",
            "request_id",
            "file_id",
            "message",
            "pipeline",
            "process_status",
            "overall_status",
        ]
        assert status["status_code"] == 200
        assert status["request_id"] == process_output["request_id"]
        assert status["file_id"] == process_output["file_id"]
        assert status["message"] == "SUCCESS: process_status found"
        assert status["pipeline"] == "system-process-status-docs"
    assert (last["process_status"], last["overall_status"]) == ({"parser": True}, "complete")


@pytest.mark.parametrize("extension", [".txt", ".pdf", ".docx"])
def test_waiting_saves_and_includes_the_output(server: ServerProcess, tmp_path: Path, extension: str) -> None:
    path = make_document(tmp_path, extension)

    lines = run_script(tmp_path, WAITING_SCRIPT.format(url=server.address, path=path.name))

    answer = json.loads(lines[-1])
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
    assert answer["message"] == (
        f"SUCCESS - output fetched for file_id {answer['file_id']}."
        "Output saved to location(s) listed in process_output_files."
    )
    assert answer["process_output_files"] == [f"output/{answer['file_id']}.json"]
    assert json.loads((tmp_path / answer["process_output_files"][0]).read_text()) == answer["process_output"]
    assert " ".join(item["snippet"] for item in answer["process_output"]) == TEXT
    assert all(item["line_numbers"] for item in answer["process_output"])
    assert lines[-2] == "SUCCESS: process output downloaded."
    assert "SUCCESS: module 1 (of 1) - parser processing complete." in lines


def test_a_verbose_wait_tells_that_the_server_is_gone(tmp_path: Path) -> None:
    path = make_document(tmp_path, ".txt")
    (tmp_path / "output").mkdir()
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        script = WAITING_SCRIPT.format(url=server.address, path=path.name)
        waiting = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        assert waiting.stdout is not None
        while waiting.stdout.readline() != "INFO: File process and processing status:\n":
            assert waiting.poll() is None
        server.terminate()
        assert waiting.stdout.readline() == f"INFO: no server at {server.address}; trying again for 60 s\n"
        waiting.kill()
        waiting.communicate(timeout=30)


def test_a_deleted_request_is_not_found(server: ServerProcess, tmp_path: Path) -> None:
    make_document(tmp_path, ".txt")
    script = f"""
import octavo
octavo.init(api_key="any", api_url={server.address!r})
pipeline = octavo.create_pipeline(name="p", module_chain=["parser"])
made = pipeline.process(local_file_path="1984_very_short.txt", wait_for_process=False, verbose=False)
octavo.reset_pipeline(pipeline)
try:
    pipeline.process_status(request_id=made["request_id"])
except ValueError as error:
    print(type(error).__name__)
"""
    assert run_script(tmp_path, script)[-1] == "NotFoundError"


def test_a_document_that_can_not_be_parsed_raises_while_waiting(server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    script = f"""
import octavo
octavo.init(api_key="any", api_url={server.address!r})
pipeline = octavo.create_pipeline(name="p", module_chain=["parser"])
try:
    pipeline.process(local_file_path="broken.pdf", verbose=False)
except octavo.JobFailedError as error:
    assert isinstance(error, ValueError)
    print(error.module, bool(error.reason), bool(error.failure_message))
made = pipeline.process(local_file_path="broken.pdf", wait_for_process=False, verbose=False)
while (status := pipeline.process_status(made["request_id"]))["overall_status"] == "ongoing":
    pass
print(list(status)[-1], list(status["failure_status"]))
"""
    assert run_script(tmp_path, script)[1:] == [
        "parser True True",
        "failure_status ['module', 'reason', 'message']",
    ]


def test_tags_names_and_options_arrive(server: ServerProcess, tmp_path: Path) -> None:
    make_document(tmp_path, ".txt")
    script = f"""
import json
import octavo
octavo.init(api_key="any", api_url={server.address!r})
pipeline = octavo.create_pipeline(name="p", module_chain=["parser"])
made = pipeline.process(
    local_file_path="1984_very_short.txt",
    file_name="My Novel.txt",
    symbolic_directory_path="/Novels/20th-Century",
    file_tags=[{{"Author": "Orwell"}}, {{"category": "fiction"}}],
    file_description="Dystopia.",
    modules={{"module_1": {{"model": "fixed", "params": {{"chunk_size": 5, "overlap_size": 1}}}}}},
    wait_for_process=True,
    download_output=False,
    verbose=False,
)
print(json.dumps(made))
try:
    pipeline.process(
        local_file_path="1984_very_short.txt", symbolic_file_path="/novels/20th-century/my novel.txt", verbose=False
    )
except ValueError as error:
    print(error.reason)
"""
    line, reason = run_script(tmp_path, script)[1:]
    made = json.loads(line)
    assert list(made)[-1] == "status_code"
    assert (made["file_name"], made["symbolic_directory_path"]) == ("my novel.txt", "/novels/20th-century")
    assert made["file_tags"] == [{"author": "orwell"}, {"category": "fiction"}]
    assert made["file_description"] == "Dystopia."
    assert reason == "PATH_TAKEN"
