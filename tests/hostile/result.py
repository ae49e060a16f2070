"""How one document ended."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class End(StrEnum):
    """What became of a document."""

    TEXT = "TEXT"
    """Its job succeeded."""
    FAILED = "FAILED"
    """Its job failed, and says why."""
    REFUSED = "REFUSED"
    """The server did not take it: a type it does not know, an empty file."""
    NO_END = "NO END"
    """Nothing was heard in time."""
    NO_SERVER = "NO SERVER"
    """The server could not be reached, or failed itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the report."""

    name: str
    end: End
    reason: str = ""
    """A constant to program against; empty if the job succeeded."""
    message: str = ""
    """For people: why it failed, or what came of it."""
    characters: int | None = None
    """Of text, in all snippets together."""
    seconds: float = 0.0
    """From the submission to the end of the job; an upload is included."""
    attempts: int = 0
    peak_mb: float = 0.0
    """The most that any child process held meanwhile."""
    is_leak: bool = False
    """It showed the secret of another file."""

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return asdict(self)
