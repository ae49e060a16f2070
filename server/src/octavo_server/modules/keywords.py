"""Text to keywords: which words are indexed, and in which form."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count

from octavo_server.modules.snippets import OnChars, unheard
from octavo_server.modules.stop_words import STOP_WORDS

Keyword = tuple[str, str, int, int]
"""A word as the text has it but in lower case; its lemma; its line and the number of its token there, from 1."""

LemmaOf = Callable[[str], str]

TOKENS_CACHED_MAX = 50_000
"""Tokens whose words are remembered. A novel has 30,000 different ones."""
PIECE_CHARS = 50_000
"""Read between two reports of progress, more or less."""
_DIGITS_AND_MARKS = "0123456789.,"
_MARKS = ".,"
_WORD = re.compile("[a-z0-9]+")
_SPACE = re.compile(r"\s")


def keywords(text: str, lemma_of: LemmaOf, *, on_chars: OnChars = unheard) -> Iterator[Keyword]:
    r"""The keywords of `text` in reading order; `on_chars` hears how much of it is done.

    Lines end with \n. Tokens are what whitespace parts; all of them count, whether they are indexed or not. The words
    of one token share its number.
    """

    @lru_cache(maxsize=TOKENS_CACHED_MAX)
    def forms(token: str) -> list[tuple[str, str]]:
        return [(word, lemma_of(word)) for word in words_of(token)]

    done, heard = 0, 0
    for line_number, line in enumerate(text.split("\n"), start=1):
        numbers = count(1)
        for piece in (line,) if len(line) <= PIECE_CHARS else _pieces(line):
            # In this order: zip takes no number when there is no token left.
            for token, keyword_number in zip(piece.split(), numbers, strict=False):
                for word, lemma in forms(token):
                    yield word, lemma, line_number, keyword_number
            done += len(piece)
            if done - heard >= PIECE_CHARS:
                heard = done
                on_chars(done)
        done += 1


def _pieces(line: str) -> Iterator[str]:
    """A long line, cut where its tokens are."""
    at = 0
    while at < len(line):
        space = _SPACE.search(line, at + PIECE_CHARS)
        end = space.end() if space else len(line)
        yield line[at:end]
        at = end


def words_of(token: str) -> list[str]:
    """The words of a token that are indexed: ASCII letters and digits in lower case, without stop words.

    A number is one word, with the marks in it and after it: `7,300` and `44,`.
    """
    plain = token.encode("ascii", "ignore").decode().lower()
    if not plain.strip(_DIGITS_AND_MARKS) and plain.strip(_MARKS):
        return [plain]
    return [word for word in _WORD.findall(plain) if word not in STOP_WORDS]


def lines_in(text: str) -> int:
    """How many lines a text has, blank ones at its end left out."""
    return text.rstrip().count("\n") + 1
