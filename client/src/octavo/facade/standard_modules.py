"""The modules that every server has, for what works before `octavo.init`; afterwards the server is asked.

tests/hosted/test_modules.py compares them with a server's.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from octavo.catalog import DataFormat, ModelInfo, ModuleInfo, ParamInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOCUMENTS = (
    ".bz2", ".c", ".cpp", ".cs", ".css", ".csv", ".doc", ".docm", ".docx", ".dot", ".dotm", ".dotx", ".eml",
    ".epub", ".fb2", ".go", ".gz", ".h", ".htm", ".html", ".ini", ".java", ".js", ".json", ".jsonl", ".kt", ".log",
    ".markdown", ".md", ".msg", ".odg", ".odp", ".ods", ".odt", ".org", ".otp", ".ots", ".ott", ".p7m", ".pdf",
    ".php", ".pl", ".potx", ".pps", ".ppsx", ".ppt", ".pptm", ".pptx", ".py", ".r", ".rb", ".rs", ".rst", ".rtf",
    ".scala", ".sh", ".sql", ".srt", ".svg", ".swift", ".tar", ".tbz2", ".tex", ".text", ".tgz", ".toml", ".ts",
    ".tsv", ".txt", ".txz", ".vtt", ".xht", ".xhtml", ".xls", ".xlsm", ".xlsx", ".xlt", ".xltx", ".xml", ".xz",
    ".yaml", ".yml", ".zip",
)  # fmt: skip
_KEY = "snippet"
_READ_DOCUMENTS = ("extract", "keyword-db", "parser")
_READ_SNIPPETS = ("json-to-txt",)
_EXTRACTOR = ParamInfo(
    name="extractor",
    description="What reads the document first: `auto` chooses by its type; the others are tried after it.",
    default="auto",
    minimum=None,
    maximum=None,
)
_CHUNK_SIZE = ParamInfo(name="chunk_size", description="Words in a snippet.", default=10, minimum=1, maximum=10_000)
_OVERLAP_SIZE = ParamInfo(
    name="overlap_size",
    description="Words that a snippet shares with the one before it; less than chunk_size.",
    default=2,
    minimum=0,
    maximum=9_999,
)

EXTRACT = ModuleInfo(
    name="extract",
    description="Turns any document into its text: UTF-8, one line feed a line.",
    input_format=DataFormat.DOCUMENT,
    output_format=DataFormat.TEXT,
    extensions=_DOCUMENTS,
    models=(ModelInfo(name="text", description="The whole text, in reading order.", params=(_EXTRACTOR,)),),
    next_modules=_READ_DOCUMENTS,
)
JSON_TO_TXT = ModuleInfo(
    name="json-to-txt",
    description="Joins snippets to one text, one line feed between two.",
    input_format=DataFormat.JSON,
    output_format=DataFormat.TEXT,
    extensions=(".json",),
    models=(ModelInfo(name="base", description="The snippets as they are, in their order.", params=()),),
    next_modules=_READ_DOCUMENTS,
    input_key=_KEY,
)
KEYWORD_DB = ModuleInfo(
    name="keyword-db",
    description="Makes an SQLite file of a document's keywords, and lets searches find them.",
    input_format=DataFormat.DOCUMENT,
    output_format=DataFormat.DATABASE,
    extensions=_DOCUMENTS,
    models=(
        ModelInfo(
            name="sqlite",
            description="Every word but English stop words, with its line, its number there and its singular.",
            params=(_EXTRACTOR,),
        ),
    ),
)
PARSER = ModuleInfo(
    name="parser",
    description="Cuts any document into snippets of text with their line numbers.",
    input_format=DataFormat.DOCUMENT,
    output_format=DataFormat.JSON,
    extensions=_DOCUMENTS,
    models=(
        ModelInfo(
            name="sentence",
            description="One snippet a sentence, by Punkt with English parameters.",
            params=(_EXTRACTOR,),
        ),
        ModelInfo(
            name="fixed",
            description="Snippets of a fixed number of words, which overlap.",
            params=(_CHUNK_SIZE, _OVERLAP_SIZE, _EXTRACTOR),
        ),
    ),
    next_modules=_READ_SNIPPETS,
    output_key=_KEY,
)

STANDARD_MODULES: Mapping[str, ModuleInfo] = MappingProxyType(
    {module.name: module for module in (EXTRACT, JSON_TO_TXT, KEYWORD_DB, PARSER)}
)
"""By name."""
