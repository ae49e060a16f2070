"""Read the search index that a module made. A child process wrote it, after it read a hostile document: nothing in it
is believed.
"""

import re
from typing import BinaryIO

from octavo_server.ports.listings import LEMMA_CHARS_MAX, KeywordEntry

LINE_BYTES_MAX = 32 * 1024 * 1024
"""One lemma with all its places: 2 MiB of one-letter words, all the same, take 17 MB."""
PART_ENTRIES_MAX = 2_000
PART_BYTES_MAX = 4 * 1024 * 1024
"""A part ends with the line that goes over one of the two."""
PLACES_MATCHED_MAX = 1_000
"""At once: the longer the match, the more memory it takes."""

_LEMMA = re.compile(rb'\["([a-z0-9]+|[0-9.,]+)",\[')
_END = b"]]\n"
# int32 on the wire, so nine digits.
_PLACE = rb'\["[a-z0-9.,]{1,%d}",[1-9][0-9]{0,8},[1-9][0-9]{0,8}\]' % LEMMA_CHARS_MAX
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
        """The next entries; none at the end. Lemmas that are too long to be words are left out.

        Raises BrokenIndexError.
        """
        entries: list[KeywordEntry] = []
        size_bytes = 0
        while len(entries) < PART_ENTRIES_MAX and size_bytes < PART_BYTES_MAX:
            line = self._file.readline(LINE_BYTES_MAX + 1)
            if not line:
                break
            self._line_number += 1
            size_bytes += len(line)
            lemma, places = self._parsed(line)
            if len(lemma) <= LEMMA_CHARS_MAX:
                self._check(_are_places(places), "its places are not [word, line, number]")
                entries.append(KeywordEntry(lemma.decode("ascii"), f"[{places.decode('ascii')}]"))
        return entries

    def _parsed(self, line: bytes) -> tuple[bytes, bytes]:
        self._check(len(line) <= LINE_BYTES_MAX, f"it has more than {LINE_BYTES_MAX} bytes")
        start = _LEMMA.match(line)
        if start is None or not line.endswith(_END):
            raise self._broken("it is not a lemma and its places")
        lemma = start[1]
        self._check(lemma > self._lemma, "its lemma does not sort behind the one before")
        self._lemma = lemma
        return lemma, line[start.end() : -len(_END)]

    def _check(self, is_fine: bool, what: str) -> None:
        if not is_fine:
            raise self._broken(what)

    def _broken(self, what: str) -> BrokenIndexError:
        return BrokenIndexError(f"line {self._line_number} of the index: {what}")


def _are_places(places: bytes) -> bool:
    """Checked, not parsed: a million places would be a million lists."""
    listed, at = places + b",", 0
    while at < len(listed):
        match = _PLACES.match(listed, at)
        if match is None:
            return False
        at = match.end()
    return True
