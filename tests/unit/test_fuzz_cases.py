"""Damaged documents: the same for the same seed, different otherwise; and what counts as a finding."""

import io
import zipfile
from pathlib import Path

import pytest

from octavo_server.ports.runner import Crashed, Outcome, Refused, Succeeded
from tests import documents
from tests.fuzz import findings
from tests.fuzz.cases import Case, Cases
from tests.fuzz.findings import Findings

ORIGINALS = {"a.txt": documents.text(), "a.pdf": documents.pdf(), "a.docx": documents.word()}
CASES = 60


def contents(seed: int) -> list[bytes]:
    cases = Cases(ORIGINALS, seed)
    return [cases.case(number).content for number in range(CASES)]


def test_a_seed_gives_the_same_documents_each_time() -> None:
    assert contents(1) == contents(1)
    assert contents(1) != contents(2)


def test_documents_are_damaged_and_never_empty() -> None:
    originals = list(ORIGINALS.values())

    damaged = contents(3)

    assert all(damaged)
    assert sum(content in originals for content in damaged) < CASES / 10


def test_some_archives_are_damaged_within_and_still_open() -> None:
    cases = [Cases(ORIGINALS, 4).case(number) for number in range(CASES)]

    sound = [case for case in cases if case.name == "a.docx" and zipfile.is_zipfile(io.BytesIO(case.content))]

    assert any(_is_whole(case.content) for case in sound)


@pytest.mark.parametrize(
    ("outcome", "is_finding"),
    [
        (Succeeded(output=b"x", media_type="text/plain"), False),
        (Refused("DOCUMENT_DAMAGED", "the document is damaged"), False),
        (Refused("MEMORY_LIMIT", "used more than 1 GB"), False),
        (Refused("MODULE_ERROR", "failed in a way nobody foresaw"), True),
        (Refused("TIME_LIMIT", "stopped after 20 s"), True),
        (Crashed("CHILD_DIED", "its process died"), True),
        (Crashed("MEMORY_LIMIT", "its process gave up"), True),
    ],
)
def test_crashes_hangs_and_surprises_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, is_finding: bool
) -> None:
    monkeypatch.setattr(findings, "FOLDER", tmp_path / "fuzz")
    kept = Findings()

    kept.judge(Case(7, 42, "a.pdf", b"content"), outcome, 'File "/x/pdfium.py", line 3, in read')

    assert bool(kept.kinds) == is_finding
    assert (tmp_path / "fuzz" / "7-42-a.pdf").exists() == is_finding
    if is_finding:
        assert "--seed 7 --case 42" in (tmp_path / "fuzz" / "7-42-a.pdf.txt").read_text()


def _is_whole(content: bytes) -> bool:
    """Do all its members have their checksum?"""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.testzip() is None
