"""What a run found, kept in files."""

from collections import Counter
from pathlib import Path

from octavo_server.ports.runner import Crashed, Outcome, Refused, Succeeded
from tests.fuzz.cases import Case

FOLDER = Path(__file__).parents[2] / "build" / "fuzz"
KEPT_OF_A_KIND_MAX = 5
REASONS = frozenset(
    {"DOCUMENT_DAMAGED", "DOCUMENT_ENCRYPTED", "DOCUMENT_TOO_LARGE", "MEMORY_LIMIT", "NO_TEXT", "OUTPUT_TOO_LARGE"}
)
"""What a module may refuse a document for. A small one that takes too long, or takes its process down, is a finding."""


class Findings:
    """Judges outcomes; saves those that should not be."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        """How often each kind of finding came up; a kind is a format, a reason, and where the code was."""

    def judge(self, case: Case, outcome: Outcome, noise: str) -> None:
        """Count the outcome. `noise` is what the child wrote to stderr meanwhile."""
        match outcome:
            case Succeeded():
                self.ends["succeeded"] += 1
            case Refused(reason, _) if reason in REASONS:
                self.ends[reason] += 1
            case Refused(reason, message) | Crashed(reason, message):
                verb = type(outcome).__name__.lower()
                self.ends[f"FOUND: {verb}, {reason}"] += 1
                self._keep(case, f"{verb}, {reason}: {message}", noise)

    def _keep(self, case: Case, what: str, noise: str) -> None:
        kind = f"{Path(case.name).suffix} {what} {_place(noise)}".strip()
        self.kinds[kind] += 1
        if self.kinds[kind] > KEPT_OF_A_KIND_MAX:
            return
        path = save(case)
        path.with_name(f"{path.name}.txt").write_text(
            f"{what}\nAgain: python -m tests.fuzz --seed {case.seed} --case {case.number}\n\n{noise}\n"
        )


def save(case: Case) -> Path:
    """Write the document beside the findings."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{case.seed}-{case.number}-{case.name}"
    path.write_bytes(case.content)
    return path


def _place(noise: str) -> str:
    """The last line of a traceback that names a file, without its folder."""
    lines = [line.strip() for line in noise.splitlines() if line.strip().startswith("File ")]
    return lines[-1].rpartition("/")[2] if lines else ""
