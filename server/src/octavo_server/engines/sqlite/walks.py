"""Goes through jobs in the order of an index, as far as one call may, and picks those that fit."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from octavo_server.engines.sqlite.conditions import ALWAYS
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import filled

FIRST_ROWS = 1_000
"""Looked at first: mostly the page is full after these. Each next step looks at twice as many."""

WALK_SECONDS = 0.02
"""A walk that has taken so long ends after the step it is in, however little it found: others wait for the thread. How
much one step reads is known, how long it takes is not: pages may be on disk only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """An index, what part of it, and what to show of each job: pieces of the statement `walk` in listings.sql."""

    index: str
    range: str
    key: str
    """The column of the index by which it is gone through, in steps that are all different."""
    columns: str
    shown: str
    is_forward: bool
    fits: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found, and behind which key to go on; None: nothing is left there."""

    found: Sequence[Any]
    reached: Any


def go(snapshot: Snapshot, walk: Walk, values: Mapping[str, Any], *, after: Any, wanted: int, rows_max: int) -> Walked:
    """At most `wanted` from behind `after` on. If so many were found, there may be more before `reached`."""
    found: list[Any] = []
    rows = FIRST_ROWS
    ends_at = time.monotonic() + WALK_SECONDS
    while rows_max > 0 and len(found) < wanted:
        rows = min(rows, rows_max)
        pieces = _pieces(walk, is_first=after is None)
        known = {**values, "after": after, "rows": rows, "wanted": wanted - len(found)}
        bound = snapshot.one(filled("walk_bound", **pieces), known)
        until = ALWAYS if bound is None else f"{walk.key} {'<=' if walk.is_forward else '>='} :until"
        known["until"] = bound and bound[0]
        found += snapshot.values(filled("walk", **pieces, until=until), known)
        if bound is None:
            return Walked(found, None)
        after = bound[0]
        rows_max -= rows
        rows *= 2
        if time.monotonic() > ends_at:
            break
    return Walked(found, after)


def _pieces(walk: Walk, *, is_first: bool) -> dict[str, str]:
    return {
        "index": walk.index,
        "range": walk.range,
        "key": walk.key,
        "columns": walk.columns,
        "shown": walk.shown,
        "fits": walk.fits,
        "after": ALWAYS if is_first else f"{walk.key} {'>' if walk.is_forward else '<'} :after",
        "order": "ASC" if walk.is_forward else "DESC",
    }
