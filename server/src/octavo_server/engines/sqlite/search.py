"""Finds files by the lemmas of their search indexes. Everything here runs on the reader's thread."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.engines.sqlite.candidates import behind, candidates, fitting
from octavo_server.engines.sqlite.conditions import ALWAYS
from octavo_server.engines.sqlite.keywords import PART_BITS, word_of
from octavo_server.engines.sqlite.listed import jobs_at
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import SQL, filled
from octavo_server.ports.listings import FileHits, KeywordEntry, Position, SearchPage

CANDIDATES_MAX = 1_000
"""If the query leads to so few files, these are looked at, not those with the lemmas."""

FIRST_PARTS = 500
"""Taken from the index at first. Each next step takes four times as many."""

PAGE_BYTES_MAX = 1024 * 1024
"""Places read at once: a page ends before the file that would go over it. Ten thousand places take about 200 kB."""

FILE_BYTES_MAX = 2 * 1024 * 1024
"""Of one file, if the query has many words and each is everywhere; what goes over it is cut."""

PARTS_SHARE = 4
"""A part costs so many times as much as a job of which only columns are compared."""

Step = tuple[Sequence[Position], Position | None]
"""Jobs to look at in the order of the listing, and how far they reach; None: to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search, as far as one call may look."""

    snapshot: Snapshot
    tenant: TenantId
    pipeline: PipelineName
    lemmas: Sequence[str]
    """Each once."""
    query: FileQuery
    now: Instant
    oldest_first: bool
    looked_at_max: int

    def page(self, after: Position | None, files_max: int) -> SearchPage:
        """See ports.listings, `search`."""
        found: list[Position] = []
        reached = after
        for numbers, until in self._steps(after):
            found += self._having(numbers, files_max + 1 - len(found))
            if len(found) > files_max:
                return self._page(found[:files_max], found[files_max - 1])
            reached = until
        return self._page(found, reached)

    def _steps(self, after: Position | None) -> Iterator[Step]:
        few = candidates(self.snapshot, self.tenant, self.pipeline, self.query, most=CANDIDATES_MAX)
        if few is None:
            yield from self._indexed(after)
        else:
            yield behind(few, after, oldest_first=self.oldest_first), None

    def _indexed(self, after: Position | None) -> Iterator[Step]:
        """What the search index has."""
        row = self.snapshot.one(SQL["pipeline_number"], {"tenant": self.tenant, "pipeline": self.pipeline})
        if row is None or not self.lemmas:
            yield (), None
            return
        words = " OR ".join(f'"{word_of(row[0], lemma)}"' for lemma in self.lemmas)
        left, step = max(1, self.looked_at_max // PARTS_SHARE), FIRST_PARTS
        while left > 0:
            most = min(step, left)
            parts = self.snapshot.values(
                filled("parts_with", after=self._after(after), order="ASC" if self.oldest_first else "DESC"),
                {"words": words, "after": after, "most": most},
            )
            # The last job may have more parts behind these; it is looked at as a whole.
            numbers = list(dict.fromkeys(part >> PART_BITS for part in parts))
            if len(parts) < most:
                yield numbers, None
                return
            after = numbers[-1]
            yield numbers, after
            left, step = left - most, step * 4

    def _after(self, after: Position | None) -> str:
        if after is None:
            return ALWAYS
        return "rowid > (:after << 16) + 65535" if self.oldest_first else "rowid < :after << 16"

    def _having(self, numbers: Sequence[Position], wanted: int) -> Sequence[Position]:
        """Those of the jobs that are looked for, and have any of the lemmas."""
        listed = fitting(
            self.snapshot,
            self.tenant,
            self.pipeline,
            numbers,
            self.query,
            states=[JobState.SUCCEEDED],
            now=self.now,
            wanted=len(numbers),
            with_terms=True,
        )
        values = {"numbers": json.dumps(listed), "lemmas": json.dumps(self.lemmas), "wanted": wanted}
        having: list[Position] = self.snapshot.values(SQL["jobs_with_entries"], values) if listed else []
        return having

    def _page(self, numbers: Sequence[Position], reached: Position | None) -> SearchPage:
        """As many of these as may be read at once."""
        values = {"numbers": json.dumps(numbers), "lemmas": json.dumps(self.lemmas)}
        taken: list[Position] = []
        total, most = 0, FILE_BYTES_MAX
        for number, count, size in self.snapshot.values(SQL["entry_sizes"], values):
            total += size
            if taken and total > PAGE_BYTES_MAX:
                return SearchPage(self._hits(taken, most), taken[-1])
            taken.append(number)
            if size > FILE_BYTES_MAX:
                most = FILE_BYTES_MAX // count
        return SearchPage(self._hits(taken, most), reached)

    def _hits(self, numbers: Sequence[Position], bytes_max: int) -> tuple[FileHits, ...]:
        """`bytes_max`: of each entry."""
        values = {"numbers": json.dumps(numbers), "lemmas": json.dumps(self.lemmas), "bytes": bytes_max}
        entries: dict[Position, dict[str, KeywordEntry]] = {}
        for number, lemma, places, count in self.snapshot.values(SQL["entries"], values):
            entries.setdefault(number, {})[lemma] = KeywordEntry(lemma, places, count)
        return tuple(
            FileHits(one.job, one.position, tuple(own[lemma] for lemma in self.lemmas if lemma in own))
            for one in jobs_at(self.snapshot, numbers)
            for own in (entries[one.position],)
        )
