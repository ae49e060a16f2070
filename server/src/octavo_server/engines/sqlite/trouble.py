"""What callers hear when the database fails."""

import sqlite3

from octavo_server.domain.errors import OctavoError, ResourceExhaustedError, UnavailableError

DISK_RETRY_SECONDS = 10.0


def told(error: Exception) -> Exception:
    """What the caller hears of it."""
    if not isinstance(error, sqlite3.Error):
        return error
    trouble: OctavoError
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        trouble = ResourceExhaustedError(
            "the server's disk is full: try again later", reason="DISK_FULL", retry_seconds=DISK_RETRY_SECONDS
        )
    else:
        trouble = UnavailableError("the server can't use its database: try again later", reason="STORAGE_FAILED")
    trouble.__cause__ = error
    return trouble
