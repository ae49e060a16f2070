"""From index entries to hits in the order of the text."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice, takewhile

from octavo_server.domain.jobs import Job
from octavo_server.domain.limits import HITS_MAX
from octavo_server.ports.listings import FileHits, KeywordEntry, Position

OMITTED_MAX = 2**31 - 1
"""int32 on the wire; what an index says of itself may be more."""
_UNKNOWN = "\U0010ffff"
"""In the place of a word, sorted behind all words."""


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One word where it stands."""

    line_number: int
    keyword_number: int
    keyword: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with its hits, by line and number, HITS_MAX at most; `omitted_hit_count`: those behind these."""

    job: Job
    position: Position
    hits: tuple[Hit, ...]
    omitted_hit_count: int


async def found_files(files: Sequence[FileHits]) -> Sequence[FoundFile]:
    """The same files with their hits. The work is done in a thread: a file may have thousands of places."""
    return await asyncio.to_thread(lambda: [_found(file) for file in files])


def _found(file: FileHits) -> FoundFile:
    # Each entry is in order, so the first hits of all are among the first of each.
    known = takewhile(lambda hit: hit.keyword != _UNKNOWN, merge(*map(_hits, file.entries)))
    hits = tuple(islice(known, HITS_MAX))
    omitted = sum(entry.count for entry in file.entries) - len(hits)
    return FoundFile(file.job, file.position, hits, min(omitted, OMITTED_MAX))


def _hits(entry: KeywordEntry) -> Iterator[Hit]:
    """One by one: only as many as are asked for are made. Where more were cut off, the last one is unknown: what other
    entries have behind it can't be told, for it may stand before that.
    """
    decode, places = json.JSONDecoder().raw_decode, entry.places
    at = count = line = number = 0
    # A place that was cut has no end.
    last = places.rfind("]")
    while at < last:
        (word, line, number), end = decode(places, at)
        yield Hit(line, number, word)
        at, count = end + 1, count + 1
    if count < entry.count:
        yield Hit(line, number, _UNKNOWN)
