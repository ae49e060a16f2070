"""Writes search indexes, and forgets them bit by bit. Everything here runs on the owned thread."""

import json
from collections.abc import Sequence

from octavo_server.domain.ids import RequestId
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import StaleError
from octavo_server.ports.listings import KeywordEntry

PART_ENTRIES_MAX = 1_000
"""Entries written, and later deleted, in one step: a few milliseconds."""

PART_BITS = 16
"""As the statements have it: parts of one job lie side by side, in the order in which jobs were accepted."""


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
        tables.insert("add_keyword_entries", [(part, entry.lemma, entry.places) for entry in entries])
        words = " ".join(word_of(pipeline, entry.lemma) for entry in entries)
        tables.execute(SQL["add_keywords"], part, words)


def leave(tables: Tables, jobs: str) -> None:
    """From now on nothing belongs to the parts that these jobs have; `jobs`: their numbers as JSON."""
    if tables.execute(SQL["leave_keyword_parts"], jobs).rowcount:
        tables.has_left_keywords = True


def forget_left(tables: Tables) -> None:
    """Delete one part that was left."""
    row = tables.one(SQL["left_keyword_part"])
    if row is None:
        tables.has_left_keywords = False
        return
    part, pipeline = row
    [lemmas] = tables.one(SQL["keyword_lemmas"], part)
    words = " ".join(word_of(pipeline, lemma) for lemma in lemmas.split(" "))
    tables.execute(SQL["delete_keywords"], part, words)
    tables.execute(SQL["delete_keyword_entries"], part)
    tables.execute(SQL["delete_keyword_part"], part)


def word_of(pipeline: int, lemma: str) -> str:
    """How the table of keywords has a lemma of this pipeline."""
    return f"{pipeline}_{lemma}"
