"""Dates as pages and books write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

from octavo_server.domain.ids import Instant

_YEAR = re.compile(r"[0-9]{4}")
_YEAR_AND_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def instant(date: str) -> Instant | None:
    """The point in time of a date of ISO 8601, or of a year or month, when it starts. Without a zone it is in UTC."""
    date = date.strip()
    if _YEAR.fullmatch(date):
        date += "-01-01"
    elif _YEAR_AND_MONTH.fullmatch(date):
        date += "-01"
    with suppress(ValueError, OverflowError):
        read = datetime.fromisoformat(date)
        return Instant((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
    return None
