"""Times as the hosted product writes them: `2026-01-31 23:59:59`, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from octavo.facade.refusals import refused, wrong_type

FORMAT = "%Y-%m-%d %H:%M:%S"
DATE_FORMAT = "%Y-%m-%d"
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)
_LAST_INSTANT = timedelta(seconds=1) - timedelta.resolution
"""Answers tell whole seconds; an end that was copied from one must find its file."""


def shown(when: datetime) -> str:
    """`2026-01-31 23:59:59`."""
    return when.astimezone(UTC).strftime(FORMAT)


def bounds(field: str, start: object, end: object) -> tuple[datetime | None, datetime | None]:
    """Both ends of a span of time, included; a date alone is its first second, or its last.

    `field`: what is bounded, `created_at` or `last_updated`. Raises InvalidTypeError, InvalidArgumentError.
    """
    first = _instant(f"{field}_start", start, time.min)
    last = _instant(f"{field}_end", end, time(23, 59, 59))
    if first is not None and last is not None and first > last:
        raise refused(f"{field}_start", f"{field}_start: must not be after {field}_end; {start!r} is after {end!r}")
    return first, None if last is None else last + _LAST_INSTANT


def _instant(field: str, text: object, time_default: time) -> datetime | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise wrong_type(field, f"{field} must be a string, 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS', UTC")
    allowed = "must be 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS', UTC"
    # strptime would take fewer digits, too.
    if not _SHAPE.fullmatch(text):
        raise refused(field, f"{field}: {allowed}; {text!r} is not")
    try:
        if len(text) == len("YYYY-MM-DD"):
            return datetime.combine(datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC), time_default, UTC)
        return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise refused(field, f"{field}: {allowed}; {text!r} is not") from None
