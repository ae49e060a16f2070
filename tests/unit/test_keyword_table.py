"""The SQLite file of the module `keyword-db`, and the lines for searches."""

import json
import sqlite3
from collections.abc import Iterable
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.limits import HITS_MAX
from octavo_server.modules import lemmas
from octavo_server.modules.base import RefusalError
from octavo_server.modules.keyword_db import OUTPUT_FACTOR
from octavo_server.modules.keyword_table import keyword_table
from octavo_server.modules.keywords import Keyword, keywords

TEXT = "Mice and dogs.\nA dog, a mouse; Mice.\n\nZebras 44, cats"
ROWS = [
    ("mice", "mouse", 1, 1),
    ("dogs", "dog", 1, 3),
    ("dog", "dog", 2, 2),
    ("mouse", "mouse", 2, 4),
    ("mice", "mouse", 2, 5),
    ("zebras", "zebra", 4, 1),
    ("44,", "44,", 4, 2),
    ("cats", "cat", 4, 3),
]


def made(rows: Iterable[Keyword], *, bytes_max: int = 10_000_000) -> tuple[bytes, bytes]:
    """The file, and the lines."""
    with keyword_table(bytes_max=bytes_max) as table:
        table.fill(rows)
        return table.to_bytes(), bytes(table.index_lines())


def opened(data: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    return connection


def of(text: str) -> list[Keyword]:
    return list(keywords(text, lemmas.load().of))


def test_the_file_has_one_table_of_four_columns_and_two_indexes() -> None:
    connection = opened(made(of(TEXT))[0])

    columns = [(name, kind) for _, name, kind, *_ in connection.execute("PRAGMA table_info(keyword_search)")]
    assert columns == [
        ("original_keyword", "TEXT"),
        ("stemmed_keyword", "TEXT"),
        ("line_number", "INTEGER"),
        ("keyword_number", "INTEGER"),
    ]
    names = connection.execute("SELECT type, name FROM sqlite_schema ORDER BY name").fetchall()
    assert names == [
        ("index", "idx_original_keyword"),
        ("index", "idx_stemmed_keyword"),
        ("table", "keyword_search"),
    ]
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_rows_are_in_reading_order() -> None:
    connection = opened(made(of(TEXT))[0])

    assert connection.execute("SELECT * FROM keyword_search").fetchall() == ROWS
    connection.close()


def test_the_same_text_gives_the_same_bytes() -> None:
    assert made(of(TEXT)) == made(of(TEXT))


def test_the_lines_have_each_lemma_once_with_its_words_by_line_and_number() -> None:
    lines = made(of(TEXT))[1].decode().splitlines()

    assert [json.loads(line) for line in lines] == [
        ["44,", 1, [["44,", 4, 2]]],
        ["cat", 1, [["cats", 4, 3]]],
        ["dog", 2, [["dogs", 1, 3], ["dog", 2, 2]]],
        ["mouse", 3, [["mice", 1, 1], ["mouse", 2, 4], ["mice", 2, 5]]],
        ["zebra", 1, [["zebras", 4, 1]]],
    ]


@given(st.lists(st.sampled_from(["cat", "cats", "dog-dogs", "44,", "7", "zoo", "\n", "the"]), max_size=60))
def test_the_lines_say_what_the_table_says(tokens: list[str]) -> None:
    rows = of(" ".join(tokens))
    lines = [json.loads(line) for line in made(rows)[1].splitlines()]

    unique = sorted({(lemma, *place, word) for word, lemma, *place in rows})
    expected = []
    for lemma, group in groupby(unique, key=lambda row: row[0]):
        places = [[word, *place] for _, *place, word in group]
        expected.append([lemma, len(places), places])
    assert lines == expected


def test_a_line_has_the_first_places_and_counts_all_each_once() -> None:
    [line] = made(of("hush-hush hush\n" * 6_000))[1].splitlines()
    lemma, count, places = json.loads(line)

    assert (lemma, count) == ("hush", 12_000)
    assert len(places) == HITS_MAX
    assert places[-1] == ["hush", 5_000, 2]


@pytest.mark.parametrize("word", ["a" * 257, "a" * 255 + "es", "7" * 257])
def test_what_is_too_long_to_be_a_word_is_in_the_table_but_in_no_line(word: str) -> None:
    data, lines = made([*of("a cat"), (word, word[:256], 2, 1), (word, word, 2, 2)])

    assert b"cat" in lines
    assert len(lines.splitlines()) == 1
    assert word.encode() in data


def test_a_text_of_stop_words_gives_an_empty_table() -> None:
    data, lines = made(of("To be, or not to be"))

    assert lines == b""
    connection = opened(data)
    assert connection.execute("SELECT count(*) FROM keyword_search").fetchone() == (0,)
    connection.close()


def test_what_takes_more_room_than_allowed_is_refused() -> None:
    with pytest.raises(RefusalError) as refusal:
        made((("word", "word", 1, number) for number in range(1, 1_000_000)), bytes_max=200_000)

    assert refusal.value.reason == "OUTPUT_TOO_LARGE"


@pytest.mark.parametrize("worst", ["x ", "x-", "x\n", "1 ", "x " * 9_999 + "\n", "xx "])
def test_the_worst_text_fits_into_the_factor(worst: str) -> None:
    text = worst * (400_000 // len(worst))
    data, lines = made(of(text))

    assert len(data) < OUTPUT_FACTOR * len(text)
    assert len(lines) < OUTPUT_FACTOR * len(text)
