"""Words as documents have them: a few in most documents, most in a few."""

import random
from itertools import accumulate, product

_SYLLABLES = tuple("".join(pair) for pair in product("bdfgklmnprtvz", "aeiou"))
WORDS_COUNT = 20_000
WORDS_A_DOCUMENT = 40


def _words() -> tuple[str, ...]:
    # Ends no English plural has, and no dictionary has these words: each is its own lemma.
    triples = ("".join(three) + "k" for three in product(_SYLLABLES, repeat=3))
    chosen = random.Random(1).sample(sorted(triples), WORDS_COUNT)  # noqa: S311  # the same words in each run
    return tuple(chosen)


WORDS = _words()
"""The most common first."""
_WEIGHTS = tuple(accumulate(1 / rank for rank in range(1, WORDS_COUNT + 1)))
"""Zipf's law: the second word is half as common as the first, the third a third."""


def draw(chance: random.Random) -> dict[str, list[int]]:
    """The words of a document, each with its places."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(chance.choices(WORDS, cum_weights=_WEIGHTS, k=WORDS_A_DOCUMENT), start=1):
        places.setdefault(word, []).append(place)
    return places
