"""Snippets and their line numbers."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octavo_server.modules.base import RefusalError
from octavo_server.modules.lines import lines_of
from octavo_server.modules.sentences import sentences
from octavo_server.modules.snippets import Snippet, to_json
from octavo_server.modules.windows import windows

TEXTS = st.text(alphabet=st.sampled_from("ab .!?\n\t"), max_size=60)


def found(text: str) -> list[tuple[str, list[int]]]:
    return [(snippet.text, list(snippet.line_numbers)) for snippet in sentences(text)]


def cut(text: str, chunk_size: int, overlap_size: int) -> list[tuple[str, list[int]]]:
    snippets = windows(text, chunk_size=chunk_size, overlap_size=overlap_size)
    return [(snippet.text, list(snippet.line_numbers)) for snippet in snippets]


def test_blank_lines_before_a_sentence_belong_to_it() -> None:
    assert found("One.\n\n\nTwo\nthree. Four.") == [
        ("One.", [1]),
        ("Two\nthree.", [2, 3, 4, 5]),
        ("Four.", [5]),
    ]


def test_the_first_sentence_keeps_the_leading_whitespace_and_the_last_loses_what_follows() -> None:
    assert found("\n  One. Two.\n\n") == [("\n  One.", [1, 2]), ("Two.", [2])]


def test_a_byte_order_mark_stays() -> None:
    assert found("\ufeffOne. Two.") == [("\ufeffOne.", [1]), ("Two.", [1])]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n"])
def test_blank_text_has_no_snippets(text: str) -> None:
    assert found(text) == []
    assert cut(text, 10, 2) == []


def naive_lines(text: str, start: int, end: int, previous_end: int | None) -> list[int]:
    """The rule as the specification words it, looking at every character each time."""
    first = 1 if previous_end is None else 1 + text[: previous_end + 1].count("\n")
    last = 1 + text[: end - 1].count("\n")
    return list(range(first, last + 1))


@given(TEXTS)
@example("One.\n\n\nTwo\nthree. Four.")
@example("a!\n\nb!\n")
def test_sentences_are_slices_whose_lines_follow_the_rule(text: str) -> None:
    position, previous_end = 0, None
    for snippet, lines in found(text):
        start = text.index(snippet, position)
        assert text[position:start].strip() == ""
        assert lines == naive_lines(text, start, start + len(snippet), previous_end)
        position = previous_end = start + len(snippet)
    assert text[position:].strip() == ""


@given(TEXTS, st.data())
def test_lines_of_any_spans_follow_the_rule(text: str, data: st.DataObject) -> None:
    bounds = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))

    previous_end = None
    for (start, end), lines in lines_of(text, spans):
        expected = naive_lines(text, start, end, previous_end)
        assert list(lines) == expected
        previous_end = end


def test_windows_overlap_and_stop_at_the_first_that_reaches_the_end() -> None:
    assert cut("a b c\nd e\n\nf g", 4, 1) == [("a b c d", [1, 2]), ("d e f g", [2, 4])]


def test_a_text_shorter_than_a_window_is_one_window() -> None:
    assert cut("  a\n\nb ", 10, 2) == [("a b", [1, 3])]


@given(TEXTS, st.integers(1, 6), st.data())
def test_windows_hold_every_word_in_order(text: str, chunk_size: int, data: st.DataObject) -> None:
    overlap_size = data.draw(st.integers(0, chunk_size - 1))

    chunks = [snippet.split(" ") for snippet, _ in cut(text, chunk_size, overlap_size)]

    words = text.split()
    rebuilt = [word for index, chunk in enumerate(chunks) for word in (chunk[overlap_size:] if index else chunk)]
    assert rebuilt == words
    assert all(len(chunk) == chunk_size for chunk in chunks[:-1])


@given(TEXTS, st.integers(1, 6))
def test_the_lines_of_a_window_hold_its_words(text: str, chunk_size: int) -> None:
    lines = text.split("\n")
    for snippet, numbers in cut(text, chunk_size, 0):
        on_lines = [word for number in numbers for word in lines[number - 1].split()]
        assert set(snippet.split(" ")) <= set(on_lines)
        assert all(lines[number - 1].split() for number in numbers)


def test_json_is_utf_8_with_exactly_the_two_keys() -> None:
    encoded = to_json([Snippet("Größe.", [1]), Snippet("日本", [2, 3])], output_bytes_max=1_000)

    assert "Größe" in encoded.decode()
    assert json.loads(encoded) == [
        {"snippet": "Größe.", "line_numbers": [1]},
        {"snippet": "日本", "line_numbers": [2, 3]},
    ]


def test_no_snippet_is_made_after_the_output_is_full() -> None:
    made = []

    def endless():
        while True:
            made.append(1)
            yield Snippet("word " * 10, [1])

    with pytest.raises(RefusalError) as refusal:
        to_json(endless(), output_bytes_max=1_000)

    assert refusal.value.reason == "OUTPUT_TOO_LARGE"
    assert len(made) < 20


def test_the_output_may_be_exactly_as_large_as_allowed() -> None:
    snippets = [Snippet("a", [1]), Snippet("b", [2])]
    size = len(to_json(snippets, output_bytes_max=1_000))

    assert len(to_json(snippets, output_bytes_max=size)) == size
    with pytest.raises(RefusalError):
        to_json(snippets, output_bytes_max=size - 1)


@given(st.text(alphabet=st.sampled_from('aB .!?\n\t")1'), max_size=300), st.integers(1, 40))
@example('Mr. Smith came. "Hi!" he said. (No.) At 5 p.m. it rained!!! So? Yes.', 9)
def test_a_text_cut_piece_by_piece_has_the_same_sentences(text: str, piece_chars: int) -> None:
    assert list(sentences(text, piece_chars=piece_chars)) == list(sentences(text))


@pytest.mark.parametrize("piece_chars", [50, 200, 1_000])
def test_prose_cut_piece_by_piece_has_the_same_sentences(piece_chars: int) -> None:
    text = "".join(line.strip("\n #\"'") + "\n" for line in Path(__file__).read_text(encoding="utf-8").splitlines())
    text += (
        'Dr. No met Mrs. Yes at 5 p.m. on Jan. 3rd, cf. p. 7. "Really?" he asked... (Nobody knew.) Well!!! E.g. so.\n'
        * 50
    )

    assert list(sentences(text, piece_chars=piece_chars)) == list(sentences(text))


@given(TEXTS, st.integers(1, 6), st.integers(0, 5), st.integers(1, 20))
def test_a_text_cut_piece_by_piece_has_the_same_windows(text: str, size: int, overlap: int, piece_chars: int) -> None:
    sizes = {"chunk_size": size + overlap, "overlap_size": overlap}

    assert list(windows(text, **sizes, piece_chars=piece_chars)) == list(windows(text, **sizes))


def test_cutting_into_sentences_tells_how_far_it_is() -> None:
    done: list[int] = []

    list(sentences("One. Two. " * 100, piece_chars=200, on_chars=done.append))

    assert len(done) > 3
    assert done == sorted(done)
    assert 0 < done[0] <= done[-1] < 1_000


def test_cutting_into_windows_tells_how_far_it_is() -> None:
    done: list[int] = []

    list(windows("word " * 50_000, chunk_size=10, overlap_size=0, on_chars=done.append))

    assert done == [100_004, 200_004, 250_000]
