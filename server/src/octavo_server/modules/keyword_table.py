"""Keywords to an SQLite file, and to the lines of a search index."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter

from octavo_server.domain.limits import HITS_MAX, LEMMA_CHARS_MAX
from octavo_server.extractors.base import RefusalError
from octavo_server.modules.keywords import Keyword

PAGE_BYTES = 4096
_CREATE = f"""
    PRAGMA page_size = {PAGE_BYTES};
    PRAGMA temp_store = MEMORY;
    CREATE TABLE keyword_search (
        original_keyword TEXT, stemmed_keyword TEXT, line_number INTEGER, keyword_number INTEGER
    );
"""
_INDEX = """
    CREATE INDEX idx_original_keyword ON keyword_search (original_keyword);
    CREATE INDEX idx_stemmed_keyword ON keyword_search (stemmed_keyword);
"""
# DISTINCT: a word that one token has twice, like `hush-hush`, is one place. Texts compare by their bytes.
_PLACES = """
    SELECT DISTINCT stemmed_keyword, line_number, keyword_number, original_keyword FROM keyword_search
    WHERE length(stemmed_keyword) <= :chars_max AND length(original_keyword) <= :chars_max
    ORDER BY stemmed_keyword, line_number, keyword_number, original_keyword
"""


class KeywordTable:
    """The table `keyword_search`, in memory: children may write no file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self, keywords: Iterable[Keyword]) -> None:
        """Write all rows, then the indexes. Raises RefusalError (OUTPUT_TOO_LARGE)."""
        try:
            with self._connection as transaction:
                transaction.executemany("INSERT INTO keyword_search VALUES (?, ?, ?, ?)", keywords)
            self._connection.executescript(_INDEX)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise RefusalError("OUTPUT_TOO_LARGE", "the keywords take more room than an output may have") from None

    def to_bytes(self) -> bytes:
        """The file. The same rows give the same bytes, on the same version of SQLite."""
        return self._connection.serialize()

    def index_lines(self) -> bytearray:
        """`["lemma",count,[["word",line,number],...]]` a line, as ports/runner.py has it."""
        lines = bytearray()
        rows = self._connection.execute(_PLACES, {"chars_max": LEMMA_CHARS_MAX})
        for lemma, places in groupby(rows, key=itemgetter(0)):
            # What JSON would escape is in no keyword.
            kept = [f'["{word}",{line},{number}]' for _, line, number, word in islice(places, HITS_MAX)]
            count = len(kept) + sum(1 for _ in places)
            lines += f'["{lemma}",{count},[{",".join(kept)}]]\n'.encode()
        return lines


@contextmanager
def keyword_table(*, bytes_max: int) -> Iterator[KeywordTable]:
    """An empty one, whose file grows to `bytes_max` at most."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_CREATE)
        connection.execute(f"PRAGMA max_page_count = {bytes_max // PAGE_BYTES}")
        yield KeywordTable(connection)
    finally:
        connection.close()
