"""Which words of a text are keywords, where they stand, and what they are found by."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.modules import lemmas
from octavo_server.modules.keywords import keywords, lines_in, words_of
from octavo_server.modules.stop_words import STOP_WORDS

LEMMAS = lemmas.load()


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("Kettle", ["kettle"]),
        ("well-to-do", ["well"]),
        ("ink-pot's", ["ink", "pot"]),
        ("hush-hush", ["hush", "hush"]),
        ("don't", []),
        ("snake_case", ["snake", "case"]),
        ("naïve", ["nave"]),
        ("night—and—day", ["nightandday"]),
        ("“quoted”", ["quoted"]),
        ("—", []),
        ("日本", []),
        ("44,", ["44,"]),
        ("7,300", ["7,300"]),
        ("3.14.", ["3.14."]),
        ("#44]", ["44"]),
        ("$7,300", ["7", "300"]),
        ("44%", ["44"]),
        ("1984", ["1984"]),
        ("a1b2", ["a1b2"]),
        ("...", []),
        (",", []),
        ("THE", []),
    ],
)
def test_a_token_has_these_words(token: str, words: list[str]) -> None:
    assert words_of(token) == words


def test_lines_and_tokens_are_counted_from_one_with_blank_lines_and_stop_words() -> None:
    text = "The kettle sang.\n\n  Nobody heard—it\u00a0until noon\n"

    assert list(keywords(text, str.upper)) == [
        ("kettle", "KETTLE", 1, 2),
        ("sang", "SANG", 1, 3),
        ("nobody", "NOBODY", 3, 1),
        ("heardit", "HEARDIT", 3, 2),
        ("noon", "NOON", 3, 4),
    ]


def test_words_of_one_token_share_its_number() -> None:
    assert list(keywords("An ink-pot\thush-hush", str)) == [
        ("ink", "ink", 1, 2),
        ("pot", "pot", 1, 2),
        ("hush", "hush", 1, 3),
        ("hush", "hush", 1, 3),
    ]


@pytest.mark.parametrize("text", ["word word\n" * 20_000, "word " * 40_000, "\n" * 200_000 + "x", "x" * 200_000])
def test_progress_never_passes_the_end_of_the_text(text: str) -> None:
    heard: list[int] = []
    for _ in keywords(text, str, on_chars=heard.append):
        pass

    assert heard == sorted(heard)
    assert 0 < len(heard) < 100
    assert heard[-1] <= len(text)


def test_tokens_of_a_line_of_any_length_are_counted() -> None:
    text = ("word" + " " * 3) * 60_000

    assert [place for *_, place in keywords(text, str)] == list(range(1, 60_001))


@pytest.mark.parametrize(
    ("text", "count"), [("one", 1), ("one\n", 1), ("one\n\n \n\n", 1), ("\n\none\ntwo", 4), ("one\n\nthree\n", 3)]
)
def test_lines_are_counted_without_blank_ones_at_the_end(text: str, count: int) -> None:
    assert lines_in(text) == count


def test_there_are_179_stop_words_of_which_153_can_be_words_of_a_text() -> None:
    assert len(STOP_WORDS) == 179
    assert sum(word.isalpha() for word in STOP_WORDS) == 153


@given(st.text(alphabet=string.printable + "—é日\u00a0"))
def test_every_keyword_is_a_part_of_its_token(text: str) -> None:
    lines = text.split("\n")
    for word, _, line_number, keyword_number in keywords(text, LEMMAS.of):
        token = lines[line_number - 1].split()[keyword_number - 1]
        assert word in "".join(filter(str.isascii, token)).lower()
        assert word not in STOP_WORDS


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("dogs", "dog"),
        ("churches", "church"),
        ("boxes", "box"),
        ("wishes", "wish"),
        ("buses", "bus"),
        ("bodies", "body"),
        ("women", "woman"),
        ("mice", "mouse"),
        ("geese", "goose"),
        ("abaci", "abacus"),
        ("aardwolves", "aardwolf"),
        ("sang", "sang"),
        ("running", "running"),
        ("44,", "44,"),
        ("zzyzx", "zzyzx"),
        # Shorter nouns win, abbreviations and letters among them: quirks that old indexes have, too.
        ("less", "le"),
        ("boss", "bos"),
        ("us", "u"),
        ("was", "wa"),
        ("gas", "gas"),
        ("glass", "glass"),
        # What spaCy's table has beyond WordNet's nouns is no lemma.
        ("ups", "ups"),
        ("pointings", "pointings"),
        ("makers", "maker"),
    ],
)
def test_the_lemma_is_the_one_of_nltk(word: str, lemma: str) -> None:
    assert LEMMAS.of(word) == lemma


@pytest.mark.parametrize("word", ["s" * 5_000_000, "ses" * 1_000_000, "men" * 1_000_000, "b" + "s" * 100])
def test_a_word_that_is_too_long_for_one_is_its_own_lemma(word: str) -> None:
    assert LEMMAS.of(word) == word
