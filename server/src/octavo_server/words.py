"""Search queries as the module `keyword-db` reads text."""

import asyncio
import string
from collections.abc import Iterator

from octavo_server.modules import lemmas
from octavo_server.modules.keywords import words_of
from octavo_server.modules.stop_words import STOP_WORDS
from octavo_server.ports.words import QueryWords


class KeywordWords:
    """The module's own tables and rules, loaded at the first use."""

    async def read(self, query: str) -> QueryWords:
        """See ports.words."""
        # The tables take 80 ms to load, once: no caller is to wait for another's first search.
        return await asyncio.to_thread(_read, query)


def _read(query: str) -> QueryWords:
    lemma_of = lemmas.load().of
    found: dict[str, None] = {}
    stop_words: list[str] = []
    unsearchable: list[str] = []
    for word in _words(query):
        if word in STOP_WORDS:
            stop_words.append(word)
        elif parts := words_of(word):
            found.update((lemma_of(part), None) for part in parts)
        else:
            unsearchable.append(word)
    return QueryWords(lemmas=tuple(found), stop_words=tuple(stop_words), unsearchable_words=tuple(unsearchable))


def _words(query: str) -> Iterator[str]:
    """Without punctuation at the edges; what is nothing else is a word as it is."""
    for token in query.lower().split():
        parts = (part.strip(string.punctuation) for part in token.split("-"))
        yield from [part for part in parts if part] or [token]
