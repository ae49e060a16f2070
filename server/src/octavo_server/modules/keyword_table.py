"""Keywords to an SQLite file, and to the lines of a search index."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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
# The inner order gives each lemma's words in reading order; texts compare by their bytes.
_LINES = """
    SELECT json_array(stemmed_keyword, json_group_array(json_array(original_keyword, line_number, keyword_number)))
    FROM (SELECT * FROM keyword_search ORDER BY stemmed_keyword, rowid)
    GROUP BY stemmed_keyword
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
        """`["lemma",[["word",line,number],...]]` a line: lemmas in the order of their bytes, words in reading order."""
        lines = bytearray()
        for (line,) in self._connection.execute(_LINES):
            lines += line.encode() + b"\n"
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
