from datetime import UTC, datetime

import pytest

from octavo.facade.timestamps import bounds, shown


def test_a_date_is_its_first_second_or_its_last() -> None:
    start, end = bounds("created_at", "2026-01-31", "2026-01-31")
    assert start == datetime(2026, 1, 31, tzinfo=UTC)
    assert end == datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def test_an_end_holds_for_its_whole_second() -> None:
    moment = datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)
    start, end = bounds("created_at", shown(moment), shown(moment))
    assert start is not None
    assert end is not None
    assert start <= moment <= end


def test_a_bound_may_be_left_out() -> None:
    assert bounds("created_at", None, None) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-1-32",
        "2026-1-1",
        "2026-01-01 1:2:3",
        "2026-01-31 12:00",
        " 2026-01-31T12:00:00Z",
    ],
)
def test_other_formats_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="last_updated_end: must be 'YYYY-MM-DD'"):
        bounds("last_updated", None, text)
