"""What a search query means: the same rules that made the indexes."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryWords:
    """The words of a query."""

    lemmas: tuple[str, ...]
    """As indexes have them, each once, in the order of the query."""
    stop_words: tuple[str, ...]
    """Too common to be indexed, in the order of the query, repeats kept."""
    unsearchable_words: tuple[str, ...] = ()
    """With nothing in them that is indexed, in the order of the query, repeats kept."""


class Words(Protocol):
    """Reads queries."""

    async def read(self, query: str) -> QueryWords:
        """Cut at whitespace and hyphens, without punctuation at the edges, in lower case; then as `keyword-db` does."""
