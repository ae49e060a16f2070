"""Times and durations as people type and read them. All times are UTC unless they say otherwise."""

import re
from datetime import UTC, datetime, time, timedelta

from octavo.cli.failures import BadInputError

SECONDS_OF = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhd]?)")
LENGTH_OF_DATE = len("2026-01-31")


def seconds_of(text: str, option: str) -> float:
    """`600`, `90s`, `30m`, `2h` or `7d` in seconds. Raises BadInputError, naming `option`."""
    found = DURATION.fullmatch(text.strip())
    if found is None:
        raise BadInputError(f"{option} {text}: must be a number of seconds, or like 30m, 2h, 7d")
    return float(found[1]) * SECONDS_OF[found[2]]


def moment_of(text: str, option: str, *, now: datetime, is_end: bool = False) -> datetime:
    """`2026-01-31`, `2026-01-31T12:00`, with a zone if you like, or `2h`: so long before `now`.

    A date alone is its first instant, or its last if `is_end`. Raises BadInputError, naming `option`.
    """
    words = text.strip()
    try:
        # A plain number would be a year to some and seconds to others.
        if DURATION.fullmatch(words) and not words.isdigit():
            return now - timedelta(seconds=seconds_of(words, option))
        moment = datetime.fromisoformat(words)
    except (ValueError, OverflowError):
        raise BadInputError(
            f"{option} {text}: must be a time like 2026-01-31 or 2026-01-31T12:00 (UTC), or 30m, 2h, 7d ago"
        ) from None
    if is_end and len(words) <= LENGTH_OF_DATE:
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def shown(moment: datetime) -> str:
    """`2026-01-31 12:00`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def exact(moment: datetime) -> str:
    """ISO 8601, for programs."""
    return moment.isoformat()
