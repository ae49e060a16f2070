"""The real clock, and real randomness."""

import secrets
import string
import time
import uuid

from octavo_server.domain.ids import Instant


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Seconds since 1970-01-01 UTC."""
        return Instant(time.time())


class RandomIds:
    """Names from the operating system's randomness."""

    def uuid(self) -> str:
        """A random UUID, version 4."""
        return str(uuid.uuid4())

    def letters(self, count: int) -> str:
        """`count` random lower-case ASCII letters."""
        return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))
