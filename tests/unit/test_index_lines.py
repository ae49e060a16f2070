"""Search indexes of children that nobody trusts."""

from io import BytesIO

import pytest

from octavo_server.ports.listings import LEMMA_CHARS_MAX, KeywordEntry
from octavo_server.usecases import index_lines
from octavo_server.usecases.index_lines import BrokenIndexError, IndexLines

PLACE = '["a",1,1]'


def entries(*lines: str) -> list[KeywordEntry]:
    return IndexLines(BytesIO("".join(f"{line}\n" for line in lines).encode())).part()


def test_lines_become_entries() -> None:
    assert entries('["7,300",[["7,300",1,2],["7,300",2,1]]]', '["kettle",[["kettles",1,1]]]') == [
        KeywordEntry("7,300", '[["7,300",1,2],["7,300",2,1]]'),
        KeywordEntry("kettle", '[["kettles",1,1]]'),
    ]


def test_an_empty_index_has_no_entries() -> None:
    assert entries() == []


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        f'["A",[{PLACE}]]',
        f'["a b",[{PLACE}]]',
        f'["",[{PLACE}]]',
        f'["ä",[{PLACE}]]',
        f'["a",[{PLACE},]]',
        f'["a",[{PLACE}{PLACE}]]',
        f'["a",[{PLACE}],1]',
        '["a",[]]',
        '["a",[["a",0,1]]]',
        '["a",[["a",1,-1]]]',
        '["a",[["a",1.5,1]]]',
        '["a",[["a",1,1,1]]]',
        '["a",[["a",1000000000,1]]]',
        '["a",[["A",1,1]]]',
        '["a",[["",1,1]]]',
        f'["a",[["{"a" * (LEMMA_CHARS_MAX + 1)}",1,1]]]',
    ],
)
def test_a_line_that_breaks_a_rule_is_refused(line: str) -> None:
    with pytest.raises(BrokenIndexError, match="line 2"):
        entries(f'["0",[{PLACE}]]', line)


def test_a_line_without_its_end_is_refused() -> None:
    with pytest.raises(BrokenIndexError):
        IndexLines(BytesIO(f'["a",[{PLACE}]]'.encode())).part()


@pytest.mark.parametrize("second", ["a", "b"])
def test_lemmas_must_ascend(second: str) -> None:
    with pytest.raises(BrokenIndexError, match="sort behind"):
        entries(f'["b",[{PLACE}]]', f'["{second}",[{PLACE}]]')


def test_lemmas_must_ascend_from_part_to_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_lines, "PART_ENTRIES_MAX", 1)
    lines = IndexLines(BytesIO(f'["b",[{PLACE}]]\n["a",[{PLACE}]]\n'.encode()))
    assert len(lines.part()) == 1
    with pytest.raises(BrokenIndexError, match="sort behind"):
        lines.part()


def test_a_line_without_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_lines, "LINE_BYTES_MAX", 100)
    with pytest.raises(BrokenIndexError, match="more than 100 bytes"):
        entries(f'["a",[{",".join([PLACE] * 20)}]]')


def test_lemmas_that_are_too_long_to_be_words_are_left_out() -> None:
    blob = "a" * (LEMMA_CHARS_MAX + 1)
    assert [entry.lemma for entry in entries(f'["{blob}",[["{blob}",1,1]]]', f'["b",[{PLACE}]]')] == ["b"]


def test_more_places_than_are_matched_at_once_are_fine() -> None:
    count = 3 * index_lines.PLACES_MATCHED_MAX + 1
    [entry] = entries(f'["a",[{",".join([PLACE] * count)}]]')
    assert entry.places.count("[") == count + 1
