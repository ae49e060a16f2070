"""Lists of snippets by children that nobody trusts."""

import json

import pytest

from octavo_server.usecases import snippet_stream
from octavo_server.usecases.item_end import ItemEnd
from octavo_server.usecases.snippet_stream import NoSnippetsError, Snippet, SnippetStream

ITEMS = [{"snippet": f"“Ü” ] , \\ \U0001f600 {n}", "line_numbers": [n + 1]} for n in range(100)]


def page(data: bytes, offset: int, size: int, step: int) -> tuple[list[Snippet], int | None]:
    """One page, read in chunks of `step` bytes, and where the next begins."""
    stream, found = SnippetStream(offset), list[Snippet]()
    for start in range(offset, len(data), step):
        is_last = start + step >= len(data)
        found += stream.feed(data[start : start + step], is_last=is_last, snippets_max=size - len(found))
        if stream.is_over or len(found) == size:
            break
    return found, None if stream.is_over else stream.offset


@pytest.mark.parametrize("step", [1, 7, 1_000, 100_000])
@pytest.mark.parametrize("style", [{}, {"ensure_ascii": False}, {"indent": 2}, {"separators": (",", ":")}])
def test_pages_are_the_list_wherever_chunks_are_cut(style: dict[str, object], step: int) -> None:
    data = json.dumps(ITEMS, **style).encode()  # type: ignore[arg-type]
    told, offset = list[Snippet](), 0
    while offset is not None:
        found, offset = page(data, offset, 33, step)  # type: ignore[assignment]
        told += found
    assert [{"snippet": one.text, "line_numbers": list(one.line_numbers)} for one in told] == ITEMS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        b"[{}]",
        b'[{"snippet":1}]',
        b'[{"snippet":"x","line_numbers":[true]}]',
        b'[{"snippet":"x","line_numbers":[0]}]',
        b'[{"snippet":"x","line_numbers":[2147483648]}]',
        b'[{"snippet":"x","line_numbers":null}]',
        b'[{"snippet":"x"} {"snippet":"y"}]',
        b'[{"snippet":"x"}',
        b'[{"snippet":"x"',
        b'[{"snippet":"x"},',
        b"\xff\xfe",
        b"[" * 100_000,
        b'[{"snippet":"x","n":' + b"9" * 10_000 + b"}]",
    ],
)
def test_what_is_no_list_of_snippets_is_refused(data: bytes) -> None:
    stream = SnippetStream(0)
    with pytest.raises(NoSnippetsError):
        stream.feed(data, is_last=True, snippets_max=10)


def test_an_empty_list_is_over_at_once() -> None:
    assert page(b" [ ] ", 0, 10, 100) == ([], None)


def test_half_a_character_is_replaced() -> None:
    [snippet], _ = page(b'[{"snippet":"\\ud800"}]', 0, 10, 100)
    assert snippet.text == "?"


@pytest.mark.parametrize("step", [7, 100_000])
def test_an_item_that_fits_into_no_message_is_refused(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(snippet_stream, "ITEM_BYTES_MAX", 20)
    assert len(page(b'[{"snippet":"123456"}]', 0, 10, step)[0]) == 1
    with pytest.raises(NoSnippetsError, match="more than 20 bytes"):
        page(b'[{"snippet":"1234567"}]', 0, 10, step)


def test_a_snippet_with_more_lines_than_a_message_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snippet_stream, "LINE_NUMBERS_MAX", 3)
    with pytest.raises(NoSnippetsError, match="4 line numbers"):
        page(b'[{"snippet":"x","line_numbers":[1,2,3,4]}]', 0, 10, 100)


@pytest.mark.parametrize("step", [7, 100_000])
def test_an_item_of_very_many_lists_is_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(snippet_stream, "OPENINGS_MAX", 3)
    assert len(page(b'[{"snippet":"[[[[{{","a":[[]]}]', 0, 10, step)[0]) == 1
    with pytest.raises(NoSnippetsError, match="more than 3 objects and lists"):
        page(b'[{"snippet":"x","a":[[],[]]}]', 0, 10, step)


def test_each_byte_of_an_item_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []

    class CountingItemEnd(ItemEnd):
        def read_on(self, data: bytes, at: int) -> int:
            end = super().read_on(data, at)
            reads.append(end - at)
            return end

    monkeypatch.setattr(snippet_stream, "ItemEnd", CountingItemEnd)
    item = b'{"snippet":"' + b'\\"' * 1_000 + b'","line_numbers":[1,2]}'
    assert len(page(b"[" + item + b"]", 0, 10, 100)[0]) == 1
    assert sum(reads) == len(item)


def test_an_item_without_an_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snippet_stream, "ITEM_BYTES_MAX", 1_000)
    stream = SnippetStream(0)
    assert stream.feed(b'[{"snippet":"' + b"x" * 900, is_last=False, snippets_max=10) == []
    with pytest.raises(NoSnippetsError):
        stream.feed(b"x" * 900, is_last=False, snippets_max=10)
