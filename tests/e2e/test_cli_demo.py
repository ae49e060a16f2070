"""The demo as a user runs it, with documents of their own."""

import subprocess
import sys
from pathlib import Path

from tests.servers import clean_environment

ROOT = Path(__file__).parents[2]


def demo(*names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *names],
        cwd=ROOT,
        env={**clean_environment(), "COLUMNS": "60"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Here.")

    done = demo("one.txt", str(tmp_path / "a.txt"), "two.txt")

    assert done.returncode == 2
    assert "one.txt, two.txt" in done.stdout
    assert "a.txt" not in done.stdout


def test_snippets_stand_apart_from_the_table_and_keep_their_indent(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one two three four five six seven eight nine ten eleven twelve thirteen.")

    done = demo(str(tmp_path / "a.txt"))

    assert done.returncode == 0
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    heading = lines.index("a.txt 1 snippets; the first:")
    assert lines[heading - 1] == ""
    assert lines[heading + 1].startswith("  line 1  one two")
    assert lines[heading + 2].startswith(" " * len("  line 1  "))
