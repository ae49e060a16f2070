"""The real clock, and real randomness."""

import os
import string
import time

from octavo_server.domain.ids import Instant

_LETTER_OF_BYTE = bytes(string.ascii_lowercase[byte % 26].encode()[0] for byte in range(256))


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Seconds since 1970-01-01 UTC, to the microsecond."""
        # As exact as the wire tells it, so that a time that was told finds what it was told of.
        return Instant(round(time.time(), 6))


class RandomIds:
    """Names from the operating system's randomness."""

    def uuid(self) -> str:
        """A UUID of version 7 (RFC 9562): milliseconds, then 74 random bits.

        New ones sort behind old ones, so that an index of them grows at one end: a third more accepts a second.
        """
        millis = int(time.time() * 1000).to_bytes(6, "big").hex()
        rest = os.urandom(10).hex()
        return f"{millis[:8]}-{millis[8:]}-7{rest[1:4]}-{_VARIANT[rest[4]]}{rest[5:8]}-{rest[8:20]}"

    def letters(self, count: int) -> str:
        """`count` random lower-case ASCII letters."""
        return os.urandom(count).translate(_LETTER_OF_BYTE).decode()


_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in string.hexdigits.lower()}
"""The two highest bits of a UUID's ninth byte are 10."""
