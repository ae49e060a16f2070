"""The embedded engine: one SQLite database, one server process (docs/decisions/0004)."""

from octavo_server.engines.sqlite.data_dir import DataDirError, DataDirInUseError, SchemaTooNewError
from octavo_server.engines.sqlite.engine import SqliteEngine

__all__ = ["DataDirError", "DataDirInUseError", "SchemaTooNewError", "SqliteEngine"]
