"""Read the search index that a module made. A child process wrote it, after it read a hostile document: nothing in it
is believed.
"""

import re
from typing import BinaryIO

from octavo_server.domain.limits import HITS_MAX, LEMMA_CHARS_MAX
from octavo_server.ports.listings import KeywordEntry

COUNT_DIGITS_MAX = 9
"""int32 on the wire."""
PLACE_BYTES_MAX = LEMMA_CHARS_MAX + 2 * COUNT_DIGITS_MAX + len('["",,],')
LINE_BYTES_MAX = LEMMA_CHARS_MAX + COUNT_DIGITS_MAX + HITS_MAX * PLACE_BYTES_MAX + len('["",,[]]\n')
"""One lemma with the places that are kept of it, 2.8 MB, if all its words are as long as words may be."""
PART_ENTRIES_MAX = 2_000
PART_BYTES_MAX = 512 * 1024
"""A part ends with the line that goes over one of the two."""
PLACES_MATCHED_MAX = 1_000
"""At once: the longer the match, the more memory it takes."""

_NUMBER = rb"[1-9][0-9]{0,%d}" % (COUNT_DIGITS_MAX - 1)
_LEMMA = re.compile(rb'\["([a-z0-9]{1,%d}|[0-9.,]{1,%d})",(%s),\[' % (LEMMA_CHARS_MAX, LEMMA_CHARS_MAX, _NUMBER))
_END = b"]]\n"
_PLACE = rb'\["[a-z0-9.,]{1,%d}",%s,%s\]' % (LEMMA_CHARS_MAX, _NUMBER, _NUMBER)
_PLACES = re.compile(rb"(?:%s,){1,%d}" % (_PLACE, PLACES_MATCHED_MAX))


class BrokenIndexError(ValueError):
    """The index breaks the rules of ports/runner.py."""


class IndexLines:
    """Reads an index part by part. Blocks: for a thread."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._line_number = 0
        self._lemma = b""

    def part(self) -> list[KeywordEntry]:
        """The next entries, one for each line; none: this was the end. Raises BrokenIndexError."""
        entries: list[KeywordEntry] = []
        size_bytes = 0
        while len(entries) < PART_ENTRIES_MAX and size_bytes < PART_BYTES_MAX:
            line = self._file.readline(LINE_BYTES_MAX + 1)
            if not line:
                break
            self._line_number += 1
            size_bytes += len(line)
            entries.append(self._entry(line))
        return entries

    def _entry(self, line: bytes) -> KeywordEntry:
        self._check(len(line) <= LINE_BYTES_MAX, f"it has more than {LINE_BYTES_MAX} bytes")
        start = _LEMMA.match(line)
        if start is None or not line.endswith(_END):
            raise self._broken("it is not a lemma, a count and its places")
        lemma, count, places = start[1], int(start[2]), line[start.end() : -len(_END)]
        self._check(lemma > self._lemma, "its lemma does not sort behind the one before")
        self._check(_are_places(places), "its places are not [word, line, number]")
        self._check(places.count(b"[") == min(count, HITS_MAX), f"it has not {count} places, or the first {HITS_MAX}")
        self._lemma = lemma
        return KeywordEntry(lemma.decode("ascii"), places.decode("ascii"), count)

    def _check(self, is_fine: bool, what: str) -> None:
        if not is_fine:
            raise self._broken(what)

    def _broken(self, what: str) -> BrokenIndexError:
        return BrokenIndexError(f"line {self._line_number} of the index: {what}")


def _are_places(places: bytes) -> bool:
    """Checked, not parsed: ten thousand places would be as many lists."""
    listed, at = places + b",", 0
    while at < len(listed):
        match = _PLACES.match(listed, at)
        if match is None:
            return False
        at = match.end()
    return True
