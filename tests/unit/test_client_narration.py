import pytest

from octavo.narration import Narrator, lost
from octavo.statuses import ModuleState, Progress
from tests.unit.test_client_answers import make_job, make_module, make_status


def test_a_silent_narrator_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(is_verbose=False)
    narrator.named(make_job(), file_name=None, directory=None, path=None)
    narrator.accepted(make_job(), expire_seconds=None, waits=True)
    narrator.status(make_status(modules=(make_module(state=ModuleState.SUCCEEDED),)))
    assert capsys.readouterr().out == ""


def test_defaults_and_ids_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(is_verbose=True)
    narrator.named(make_job(), file_name=None, directory=None, path=None)
    narrator.accepted(make_job(), expire_seconds=None, waits=False)
    assert capsys.readouterr().out.splitlines() == [
        "INFO: symbolic_directory_path was not set by user - setting to default of /etc",
        "INFO: file_name was not set by user - setting to random file name: a.txt",
        "INFO: expire_time was not set by user - setting to default of 1800 seconds",
        "INFO: file will expire and be removed from your account in 1800 seconds, at Fri Jan  2 03:04:05 2026 UTC",
        "INFO: p file process and input processing started...",
        "INFO: metadata can be updated using the .update api.",
        "INFO: This process's request_id is: r",
        "INFO: wait_for_process is set to False.",
        "INFO: the document is uploaded and its job recorded; the server goes on without this script.",
        "INFO: use .process_status to ask how far it is.",
        "INFO: This process's request_id is: r.",
        "INFO: Check the status of this file's processing: .process_status(request_id='r').",
    ]


def test_lower_casing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(is_verbose=True)
    narrator.named(make_job(), file_name="A.txt", directory="/ETC", path=None, tags=[("A", "B"), ("c", "d")])
    narrator.named(make_job(), file_name=None, directory=None, path="/Etc/a.txt")
    assert capsys.readouterr().out.splitlines() == [
        "INFO: lower casing file_name A.txt to a.txt",
        "INFO: lower casing symbolic_directory_path /ETC to /etc",
        "INFO: lower casing file tag {'A': 'B'} to {'a': 'b'}",
        "INFO: lower casing symbolic_file_path /Etc/a.txt to /etc/a.txt",
    ]


def test_a_module_is_told_once_and_its_pages_in_tenths(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(is_verbose=True)
    for page in range(1, 101):
        narrator.status(make_status(modules=(make_module(progress=Progress("page", page, 100)),)))
    for _ in range(2):
        narrator.status(make_status(modules=(make_module(state=ModuleState.SUCCEEDED),)))

    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "INFO: module 1 (of 1) - parser: page 10 of 100"
    assert lines[-1] == "SUCCESS: module 1 (of 1) - parser processing complete."
    assert len(lines) == 10


@pytest.mark.parametrize("is_verbose", [True, False])
def test_a_lost_server_is_told_to_who_listens(capsys: pytest.CaptureFixture[str], *, is_verbose: bool) -> None:
    lost("127.0.0.1:50051", 60)
    with Narrator(is_verbose=is_verbose).listening():
        lost("127.0.0.1:50051", 60)

    told = "INFO: no server at 127.0.0.1:50051; trying again for 60 s\n"
    assert capsys.readouterr().out == (told if is_verbose else "")
