"""A search index on its way, until the output that it belongs to is there."""

from dataclasses import replace
from typing import Self

from octavo_server.ports.runner import Outcome, Spooled, Succeeded
from octavo_server.worker.frames import MalformedFrameError


class KeptIndex:
    """Keeps one index at most, none unless one `is_expected`. Use it with `with`: what nobody was given at its end is
    closed.
    """

    def __init__(self, *, is_expected: bool) -> None:
        self._is_expected = is_expected
        self._data: bytes | Spooled | None = None

    def keep(self, data: bytes | Spooled) -> None:
        """Raises MalformedFrameError, and closes `data`, if there is one already, or is to be none."""
        if self._data is not None or not self._is_expected:
            _close(data)
            raise MalformedFrameError("a second index" if self._is_expected else "an index of what is not searched")
        self._data = data

    def given_to(self, outcome: Outcome) -> Outcome:
        """The outcome with the index. Raises MalformedFrameError if there is one, but no output."""
        if self._data is None:
            return outcome
        if not isinstance(outcome, Succeeded):
            raise MalformedFrameError("an index of nothing")
        data, self._data = self._data, None
        return replace(outcome, index=data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._data)


def _close(data: bytes | Spooled | None) -> None:
    if isinstance(data, Spooled):
        data.file.close()
