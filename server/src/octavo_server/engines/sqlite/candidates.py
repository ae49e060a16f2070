"""The files that a query's terms lead to through indexes, if they are few."""

import json
from collections.abc import Collection, Sequence

from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.engines.sqlite.conditions import conditions
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import filled
from octavo_server.engines.sqlite.terms import by_way, terms_of
from octavo_server.ports.listings import Position

FIRST_NUMBERS = 1_000
"""Of how many candidates it is looked up first whether they fit. Each next step looks up four times as many."""


def candidates(
    snapshot: Snapshot, tenant: TenantId, pipeline: PipelineName, query: FileQuery, *, most: int
) -> Sequence[Position] | None:
    """The jobs that terms of the query lead to, in order of acceptance; None if they are more than `most`, or if no
    index leads to them.

    All that fit are among them. Some may not: what else the query demands is not looked at.
    """
    ways = by_way(terms_of(query))
    if query.is_everything or not all(way.is_direct for way in ways):
        return None
    numbers: set[Position] = set()
    for way, terms in ways.items():
        statement = filled("candidates", number=way.number, source=way.source, range=way.range)
        sought = json.dumps([term.value for term in terms])
        values = {"tenant": tenant, "pipeline": pipeline, "sought": sought, "most": most + 1}
        numbers.update(snapshot.values(statement, values))
        if len(numbers) > most:
            return None
    return sorted(numbers)


def behind(numbers: Sequence[Position], after: Position | None, *, oldest_first: bool) -> list[Position]:
    """The numbers, which are sorted, from behind `after` on in the order of a listing."""
    ordered = list(numbers if oldest_first else reversed(numbers))
    return [one for one in ordered if after is None or (one > after if oldest_first else one < after)]


def fitting(
    snapshot: Snapshot,
    tenant: TenantId,
    pipeline: PipelineName,
    numbers: Sequence[Position],
    query: FileQuery,
    *,
    states: Collection[JobState],
    now: Instant,
    wanted: int,
    with_terms: bool = False,
) -> list[Position]:
    """At most `wanted` of the jobs, those that are listed, in the given order; `with_terms`: a term must fit, too."""
    fits = conditions(query, states, with_terms=with_terms)
    statement = filled("fitting", fits=str(fits))
    found: list[Position] = []
    start, step = 0, FIRST_NUMBERS
    while start < len(numbers) and len(found) < wanted:
        values = {
            **fits.values,
            "tenant": tenant,
            "pipeline": pipeline,
            "now": now,
            "numbers": json.dumps(numbers[start : start + step]),
            "wanted": wanted - len(found),
        }
        found += snapshot.values(statement, values)
        start, step = start + step, step * 4
    return found
