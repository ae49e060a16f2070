"""Search queries as the module `keyword-db` reads text."""

import asyncio
import re
import string

from octavo_server.modules import lemmas
from octavo_server.modules.keywords import words_of
from octavo_server.modules.stop_words import STOP_WORDS
from octavo_server.ports.words import QueryWords

_CUT = re.compile(r"[\s-]+")


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
    for token in _CUT.split(query.lower()):
        word = token.strip(string.punctuation)
        if word in STOP_WORDS:
            stop_words.append(word)
        else:
            found.update((lemma_of(part), None) for part in words_of(word))
    return QueryWords(lemmas=tuple(found), stop_words=tuple(stop_words))
