"""What time it is, and new names: the two things pure code can't know."""

from typing import Protocol

from octavo_server.domain.ids import Instant


class Clock(Protocol):
    """The time of day."""

    def now(self) -> Instant:
        """Seconds since 1970-01-01 UTC."""


class Ids(Protocol):
    """New names that nobody had before."""

    def uuid(self) -> str:
        """A random UUID: lower-case hex with hyphens, 36 characters."""

    def letters(self, count: int) -> str:
        """`count` random lower-case ASCII letters."""
