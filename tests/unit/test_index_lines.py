"""Search indexes of children that nobody trusts."""

from io import BytesIO

import pytest

from octavo_server.domain.limits import HITS_MAX, LEMMA_CHARS_MAX
from octavo_server.ports.listings import KeywordEntry
from octavo_server.usecases import index_lines
from octavo_server.usecases.index_lines import BrokenIndexError, IndexLines

PLACE = '["a",1,1]'


def entries(*lines: str) -> list[KeywordEntry]:
    return IndexLines(BytesIO("".join(f"{line}\n" for line in lines).encode())).part()


def test_lines_become_entries() -> None:
    assert entries('["7,300",2,[["7,300",1,2],["7,300",2,1]]]', '["kettle",1,[["kettles",1,1]]]') == [
        KeywordEntry("7,300", '["7,300",1,2],["7,300",2,1]', 2),
        KeywordEntry("kettle", '["kettles",1,1]', 1),
    ]


def test_an_empty_index_has_no_entries() -> None:
    assert entries() == []


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        f'["A",1,[{PLACE}]]',
        f'["a b",1,[{PLACE}]]',
        f'["",1,[{PLACE}]]',
        f'["ä",1,[{PLACE}]]',
        f'["a",1,[{PLACE},]]',
        f'["a",1,[{PLACE}{PLACE}]]',
        f'["a",1,[{PLACE}],1]',
        '["a",1,[]]',
        '["a",1,[["a",0,1]]]',
        '["a",1,[["a",1,-1]]]',
        '["a",1,[["a",1.5,1]]]',
        '["a",1,[["a",1,1,1]]]',
        '["a",1,[["a",1000000000,1]]]',
        '["a",1,[["A",1,1]]]',
        '["a",1,[["",1,1]]]',
        f'["a",1,[["{"a" * (LEMMA_CHARS_MAX + 1)}",1,1]]]',
        f'["{"a" * (LEMMA_CHARS_MAX + 1)}",1,[{PLACE}]]',
        f'["a",[{PLACE}]]',
        f'["a",0,[{PLACE}]]',
        f'["a",2,[{PLACE}]]',
        f'["a",1,[{PLACE},{PLACE}]]',
        f'["a",1000000000,[{PLACE}]]',
        f'["a",{HITS_MAX + 1},[{",".join([PLACE] * (HITS_MAX + 1))}]]',
    ],
)
def test_a_line_that_breaks_a_rule_is_refused(line: str) -> None:
    with pytest.raises(BrokenIndexError, match="line 2"):
        entries(f'["0",1,[{PLACE}]]', line)


def test_a_line_without_its_end_is_refused() -> None:
    with pytest.raises(BrokenIndexError):
        IndexLines(BytesIO(f'["a",1,[{PLACE}]]'.encode())).part()


@pytest.mark.parametrize("second", ["a", "b"])
def test_lemmas_must_ascend(second: str) -> None:
    with pytest.raises(BrokenIndexError, match="sort behind"):
        entries(f'["b",1,[{PLACE}]]', f'["{second}",1,[{PLACE}]]')


def test_lemmas_must_ascend_from_part_to_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_lines, "PART_ENTRIES_MAX", 1)
    lines = IndexLines(BytesIO(f'["b",1,[{PLACE}]]\n["a",1,[{PLACE}]]\n'.encode()))
    assert len(lines.part()) == 1
    with pytest.raises(BrokenIndexError, match="sort behind"):
        lines.part()


def test_a_line_without_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_lines, "LINE_BYTES_MAX", 100)
    with pytest.raises(BrokenIndexError, match="more than 100 bytes"):
        entries(f'["a",20,[{",".join([PLACE] * 20)}]]')


def test_the_longest_line_is_read() -> None:
    word, number = "a" * LEMMA_CHARS_MAX, "9" * index_lines.COUNT_DIGITS_MAX
    place = f'["{word}",{number},{number}]'
    line = f'["{word}",{number},[{",".join([place] * HITS_MAX)}]]'
    [entry] = entries(line)
    # The comma behind the last place is only reckoned with.
    assert len(line) + len("\n") == index_lines.LINE_BYTES_MAX - 1
    assert (entry.lemma, entry.count) == (word, 999_999_999)


@pytest.mark.parametrize("count", [3 * index_lines.PLACES_MATCHED_MAX + 1, HITS_MAX])
def test_more_places_than_are_matched_at_once_are_fine(count: int) -> None:
    [entry] = entries(f'["a",{count},[{",".join([PLACE] * count)}]]')
    assert entry.places.count("[") == count
