"""Opens the database and brings its tables up to date."""

import sqlite3
from importlib.resources import files
from pathlib import Path

from octavo_server.engines.sqlite.data_dir import DATABASE_NAME, DataDirError, SchemaTooNewError

STATEMENTS_CACHED_MAX = 256
CACHE_KIB = 32 * 1024
"""SQLite's own cache of pages."""

CHECKPOINT_PAGES = 4_000
"""Pages (4 KiB) in the write-ahead log before they move into the database. More than SQLite's 1,000: a page that many
commits touch, as those of indexes are, then moves once for all of them."""

BUSY_SECONDS_MAX = 5.0
"""How long to wait for somebody who looks into the database with another tool."""


def open_database(data_dir: Path) -> sqlite3.Connection:
    """A connection to an up-to-date database: each commit is on disk before it returns. Raises DataDirError."""
    path = data_dir / DATABASE_NAME
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, cached_statements=STATEMENTS_CACHED_MAX, timeout=BUSY_SECONDS_MAX
        )
        try:
            _configure(connection)
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise DataDirError(
            f"{path} can't be opened ({error}): check the disk, restore the file from a backup, "
            "or give another --data-dir"
        ) from error
    return connection


def open_for_reading(data_dir: Path) -> sqlite3.Connection:
    """A connection to the database that `open_database` has opened, which can't change it."""
    uri = f"{(data_dir / DATABASE_NAME).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        uri,
        uri=True,
        isolation_level=None,
        cached_statements=STATEMENTS_CACHED_MAX,
        timeout=BUSY_SECONDS_MAX,
    )
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in (
        "journal_mode = WAL",
        # A commit waits for the disk; with NORMAL a power cut could take acknowledged jobs with it.
        "synchronous = FULL",
        "foreign_keys = ON",
        # What is removed is overwritten, not only unlinked.
        "secure_delete = ON",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    scripts = _migrations()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > len(scripts):
        raise SchemaTooNewError(
            f"{path} was written by a later version of octavo-server (schema {version}, this one knows "
            f"{len(scripts)}): run that version, or give another --data-dir"
        )
    for number, script in enumerate(scripts[version:], start=version + 1):
        # In one transaction with its number: a crash leaves the whole step or none of it.
        connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _migrations() -> list[str]:
    """The scripts 0001_*.sql, 0002_*.sql ... in order. One that was released is never edited."""
    folder = files(__package__).joinpath("migrations")
    scripts = sorted((one for one in folder.iterdir() if one.name.endswith(".sql")), key=lambda one: one.name)
    return [script.read_text(encoding="utf-8") for script in scripts]
