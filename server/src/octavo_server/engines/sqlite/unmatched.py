"""Which terms of a query fit no file. Everything here runs on the reader's thread."""

import json
from collections.abc import Collection
from dataclasses import replace

from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.engines.sqlite.conditions import conditions
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import filled
from octavo_server.engines.sqlite.terms import Term, by_way, terms_of


def unmatched(
    snapshot: Snapshot,
    tenant: TenantId,
    pipeline: PipelineName,
    query: FileQuery,
    *,
    states: Collection[JobState],
    now: Instant,
    looked_at_max: int,
) -> FileQuery:
    """See ports.listings. What may be looked at is divided among the terms."""
    fits = conditions(query, states, with_terms=False)
    terms = terms_of(query)
    unmet: set[Term] = set()
    for way, sought in by_way(terms).items():
        pieces = {"number": way.number, "source": way.source, "range": way.range, "compared": way.compared}
        values = {
            **fits.values,
            "tenant": tenant,
            "pipeline": pipeline,
            "now": now,
            "sought": json.dumps([one.value for one in sought]),
            "most": max(1, looked_at_max // len(terms)),
        }
        unmet.update(sought[key].term for key in snapshot.values(filled("unmet", **pieces, fits=str(fits)), values))
    return replace(
        query,
        file_ids=tuple(term for term in query.file_ids if term in unmet),
        names=tuple(term for term in query.names if term in unmet),
        directories=tuple(term for term in query.directories if term in unmet),
        paths=tuple(term for term in query.paths if term in unmet),
        tags=tuple(term for term in query.tags if term in unmet),
    )
