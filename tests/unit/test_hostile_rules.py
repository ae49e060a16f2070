"""The rules of the run with hostile documents: each can be broken."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hostile.documents import NoDocumentsError, hostile_documents, secret_of
from tests.hostile.result import End, Result
from tests.hostile.verdict import Run

GOOD = Result(name="bomb.docx", end=End.FAILED, reason="MEMORY_LIMIT", message="used more than 1 GB", attempts=1)
RUN = Run(
    results=[GOOD, Result(name="a.txt", end=End.TEXT), Result(name="a.exe", end=End.REFUSED, reason="ANY")],
    module_seconds_max=120,
    innocents=Counter(succeeded=20),
    server_mb_before=90,
    server_mb_after=100,
    server_mb_peak=110,
    documents_per_second_before=100,
    documents_per_second_after=98,
    is_server_alive=True,
)


def test_a_run_in_which_all_goes_well_breaks_no_rule() -> None:
    assert RUN.broken_rules() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "MODULE_ERROR"},
        {"reason": "CHILD_DIED"},
        {"message": ""},
        {"message": "two\nlines"},
        {"end": End.NO_END},
        {"end": End.NO_SERVER},
        {"seconds": 131.0},
        {"peak_mb": 1_201.0},
        {"is_leak": True},
    ],
)
def test_one_document_can_break_a_rule(changes: dict[str, object]) -> None:
    [broken] = replace(RUN, results=[*RUN.results, replace(GOOD, **changes)]).broken_rules()

    assert broken.startswith(GOOD.name)


@pytest.mark.parametrize(
    "changes",
    [
        {"is_server_alive": False},
        {"server_mb_after": 140.0},
        {"server_mb_peak": 140.0},
        {"innocents": Counter(succeeded=19, NO_TEXT=1)},
        {"innocents": Counter(succeeded=19)},
        {"documents_per_second_after": 70.0},
    ],
)
def test_the_server_can_break_a_rule(changes: dict[str, object]) -> None:
    assert len(replace(RUN, **changes).broken_rules()) == 1


def test_without_hostile_documents_there_is_nothing_to_run(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NoDocumentsError, match="no hostile documents here"):
            hostile_documents(source, tmp_path)


def test_a_script_writes_the_documents(tmp_path: Path) -> None:
    script, folder = tmp_path / "write.py", tmp_path / "documents"
    script.write_text("import pathlib, sys; (pathlib.Path(sys.argv[1]) / 'secret.txt').write_text('x y z')")
    folder.mkdir()

    paths = hostile_documents(script, folder)

    assert paths == [folder / "secret.txt"]
    assert secret_of(paths) == "x y z"
