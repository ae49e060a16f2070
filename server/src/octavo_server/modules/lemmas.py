"""The singular of English nouns, by WordNet 3.0's tables and Morphy's rules: what NLTK's WordNetLemmatizer gives."""

import gzip
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

WORD_CHARS_MAX = 100
"""A longer word is its own lemma: the longest that is known has 31 characters, and rules shorten by one at a time."""

_ENDINGS = (
    *(("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z")),
    *(("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")),
)
"""Morphy's rules of detachment for nouns (WordNet manual, morphy(7WN)), in NLTK's order."""

_NOT_IN_WORDNET = """
    abed adrenoceptor baser bashing beaming boutant emption gatherum gentle heeler korsakov lettres makers meithei
    mindedness phenolsulfonephthalein pointing rater searching semitism softly splitting stadt swallower tawhid through
    tsai up upmanship wittedness
"""
"""What spaCy's table has, but WordNet 3.0's index.noun has not; all else of what a keyword can be is the same."""


class Lemmas:
    """Finds the lemma of a word in lower case."""

    def __init__(self, *, nouns: Collection[str], exceptions: Mapping[str, Sequence[str]]) -> None:
        self._nouns = nouns
        self._exceptions = exceptions

    def of(self, word: str) -> str:
        """The shortest noun that `word` can be a form of; `word` itself if there is none.

        Only plurals are known as forms, so `sang` stays. Short words surprise: `less` gives `le`, `us` gives `u`.
        """
        if len(word) > WORD_CHARS_MAX:
            return word
        return min(self._candidates(word), key=len, default=word)

    def _candidates(self, word: str) -> list[str]:
        if word in self._exceptions:
            return self._known([word, *self._exceptions[word]])
        forms = _shortened([word])
        found = self._known([word, *forms])
        while forms and not found:
            forms = _shortened(forms)
            found = self._known(forms)
        return found

    def _known(self, forms: Iterable[str]) -> list[str]:
        return [form for form in forms if form in self._nouns]


@cache
def load() -> Lemmas:
    """The tables from the library's files: 50 ms and 12 MB, once a process."""
    return Lemmas(
        nouns=frozenset(_table("lemma_index")) - frozenset(_NOT_IN_WORDNET.split()), exceptions=_table("lemma_exc")
    )


def _shortened(forms: Iterable[str]) -> list[str]:
    return [form[: -len(old)] + new for form in forms for old, new in _ENDINGS if form.endswith(old)]


def _table(name: str) -> Any:
    from spacy_lookups_data import en  # type: ignore[import-untyped]  # noqa: PLC0415  # no types, and 30 ms that only children pay

    with gzip.open(f"{en[name]}.gz") as file:
        return json.load(file)["noun"]
