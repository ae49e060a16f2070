"""Search queries are read as text is."""

import pytest

from octavo_server.words import KeywordWords


@pytest.mark.parametrize(
    ("query", "lemmas", "stop_words"),
    [
        ("Whales whale", ("whale",), ()),
        ('"Ships," (and) boats!', ("ship", "boat"), ("and",)),
        ("well-to-do the THE", ("well",), ("to", "do", "the", "the")),
        ("isn't it", (), ("isn't", "it")),
        ("the dog's", ("dog",), ("the",)),
        ("7,300 x", ("7,300", "x"), ()),
        ("--- ...", (), ()),
    ],
)
async def test_a_query_is_cut_and_lemmatised(query: str, lemmas: tuple[str, ...], stop_words: tuple[str, ...]) -> None:
    words = await KeywordWords().read(query)
    assert (words.lemmas, words.stop_words) == (lemmas, stop_words)


@pytest.mark.parametrize(
    ("query", "unsearchable"),
    [
        ("привет whale, -- ...", ("привет", "--", "...")),
        ("Мир! мир", ("мир", "мир")),
        ("sea-море well- café", ("море",)),
        ("the whale", ()),
    ],
)
async def test_words_with_nothing_that_is_indexed_are_told(query: str, unsearchable: tuple[str, ...]) -> None:
    assert (await KeywordWords().read(query)).unsearchable_words == unsearchable
