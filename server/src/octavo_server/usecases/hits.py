"""From index entries to hits in the order of the text."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from octavo_server.domain.jobs import Job
from octavo_server.ports.listings import FileHits, KeywordEntry, Position

HITS_MAX = 10_000
"""Of one file."""
_PLACE_START = "["


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One word where it stands."""

    line_number: int
    keyword_number: int
    keyword: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with its hits, by line and number; `omitted_hit_count`: those after the first HITS_MAX."""

    job: Job
    position: Position
    hits: tuple[Hit, ...]
    omitted_hit_count: int


async def found_files(files: Sequence[FileHits]) -> Sequence[FoundFile]:
    """The same files with their hits. The work is done in a thread: a file may have a million places."""
    return await asyncio.to_thread(lambda: [_found(file) for file in files])


def _found(file: FileHits) -> FoundFile:
    # Each entry is in reading order, so the first hits of all are among the first of each.
    places = merge(*map(_hits, file.entries))
    hits = list(islice(_without_repeats(places), HITS_MAX))
    # Each place is a list in the list of them.
    count = sum(entry.places.count(_PLACE_START) - 1 for entry in file.entries)
    is_cut = len(hits) == HITS_MAX
    return FoundFile(file.job, file.position, tuple(hits), max(0, count - HITS_MAX) if is_cut else 0)


def _without_repeats(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The two words of `hush-hush` have the same place, and are one hit."""
    place, told = (0, 0), set[str]()
    for hit in hits:
        if (hit.line_number, hit.keyword_number) != place:
            place, told = (hit.line_number, hit.keyword_number), set()
        if hit.keyword not in told:
            told.add(hit.keyword)
            yield hit


def _hits(entry: KeywordEntry) -> Iterator[Hit]:
    """One by one: only as many as are asked for are made."""
    decode, places = json.JSONDecoder().raw_decode, entry.places
    at = 1
    while at < len(places) - 1:
        (word, line, number), end = decode(places, at)
        yield Hit(line, number, word)
        at = end + 1
