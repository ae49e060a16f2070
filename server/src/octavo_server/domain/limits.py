"""What a server takes at most. Every limit has a name with its unit; settings.py lets an operator change them."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

EXPIRE_SECONDS_DEFAULT = 1_800
EXPIRE_SECONDS_MIN = 1
EXPIRE_SECONDS_MAX = 30 * 24 * 3_600
PROCESSING_SECONDS_MIN = 1
PROCESSING_SECONDS_MAX = 24 * 3_600
IDEMPOTENCY_KEY_CHARS_MAX = 128
STARTS_MAX = 10
"""After so many starts of a module without any result, because the server died each time, its job is FAILED."""
PIPELINES_MAX = 10_000
"""Of one tenant: more than anybody names, and few enough that whoever makes them in a loop is told."""
CONTENT_BYTES_MAX = 2 * MIB
"""What fits into one Process call; larger documents are uploaded."""
LEMMA_CHARS_MAX = 256
"""Longer words, and longer lemmas, are no words: search indexes leave them out, and nobody can ask for them."""
HITS_MAX = 10_000
"""Of one file, told by a search; so a search index keeps no more places of a lemma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one server takes."""

    text_bytes_max: int = 2 * MIB
    """A text file; every word of it becomes output."""
    document_bytes_max: int = 100 * MIB
    """Any other document."""
    json_bytes_max: int = 5 * MIB
    """A JSON file, where the chain starts with a module that reads JSON."""
    module_seconds_max: float = 120.0
    """One module; also all its attempts that crash, together."""
    attempts_max: int = 3
    """After so many crashes of a module its job is FAILED."""
