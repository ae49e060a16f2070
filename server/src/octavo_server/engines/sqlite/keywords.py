"""Writes search indexes, and forgets them bit by bit. Everything here runs on the owned thread."""

import json
from collections.abc import Iterator, Sequence

from octavo_server.domain.ids import RequestId
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import StaleError
from octavo_server.ports.listings import KeywordEntry

PART_ENTRIES_MAX = 1_000
"""Entries written, and later deleted, in one step: a few milliseconds."""

PART_BYTES_MAX = 256 * 1024
"""A step ends with the entry whose places go over it. A lemma's places take less, unless its words are very long."""

PART_BITS = 16
"""As the statements have it: parts of one job lie side by side, in the order in which jobs were accepted."""


def parts(entries: Sequence[KeywordEntry]) -> Iterator[Sequence[KeywordEntry]]:
    """The entries in steps; one empty step if there are none."""
    start = size_bytes = 0
    for end, entry in enumerate(entries, start=1):
        size_bytes += len(entry.places)
        if end - start == PART_ENTRIES_MAX or size_bytes >= PART_BYTES_MAX:
            yield entries[start:end]
            start, size_bytes = end, 0
    if start < len(entries) or not entries:
        yield entries[start:]


MERGED, DUE, MERGING = 0, 1, 2
"""Are words of removed jobs still in the search indexes? As the table keyword_merges has it."""

MERGE_CHANGES_MIN = 2


def add(tables: Tables, request_id: RequestId, entries: Sequence[KeywordEntry], *, is_first: bool) -> None:
    """Keep one part of a job's index; `is_first` leaves all earlier ones. Raises StaleError if the job is gone."""
    row = tables.one(SQL["indexed_job"], request_id)
    if row is None:
        raise StaleError
    job, pipeline = row
    if is_first:
        leave(tables, json.dumps([job]))
    [last] = tables.one(SQL["last_keyword_part"], job)
    part = job << PART_BITS if last is None else last + 1
    if part >> PART_BITS != job:
        raise ValueError(f"job {request_id!r} has {1 << PART_BITS} parts of its search index already")
    if entries:
        tables.execute(SQL["add_keyword_part"], part, pipeline)
        rows = [(part, entry.lemma, entry.count, len(entry.places), entry.places) for entry in entries]
        tables.insert("add_keyword_entries", rows)
        words = " ".join(word_of(pipeline, entry.lemma) for entry in entries)
        tables.execute(SQL["add_keywords"], part, words)


def leave(tables: Tables, jobs: str) -> None:
    """From now on nothing belongs to the parts that these jobs have; `jobs`: their numbers as JSON."""
    if tables.execute(SQL["leave_keyword_parts"], jobs).rowcount:
        tables.has_left_keywords = True


def forget_left(tables: Tables, parts_max: int) -> int:
    """Delete at most so many parts that were left; how many there were."""
    parts = tables.all(SQL["left_keyword_parts"], parts_max)
    for part, pipeline in parts:
        [lemmas] = tables.one(SQL["keyword_lemmas"], part)
        words = " ".join(word_of(pipeline, lemma) for lemma in lemmas.split(" "))
        tables.execute(SQL["delete_keywords"], part, words)
        tables.execute(SQL["delete_keyword_entries"], part)
        tables.execute(SQL["delete_keyword_part"], part)
    if parts:
        tables.execute(SQL["set_keyword_merge"], DUE)
    return len(parts)


def merge_forgotten(tables: Tables, pages_max: int) -> bool:
    """Rewrite at most so many pages of the search indexes without the words that were deleted; true: that was all.

    What is deleted meanwhile needs another time.
    """
    [state] = tables.one(SQL["keyword_merge"])
    if state == MERGED:
        return True
    before = tables.changes
    tables.execute(SQL["merge_keywords"], -pages_max if state == DUE else pages_max)
    # As FTS5 documents it: a merge that finds nothing to do changes less than two rows.
    is_done = tables.changes - before < MERGE_CHANGES_MIN
    tables.execute(SQL["set_keyword_merge"], MERGED if is_done else MERGING)
    return is_done


def word_of(pipeline: int, lemma: str) -> str:
    """How the table of keywords has a lemma of this pipeline."""
    return f"{pipeline}_{lemma}"
