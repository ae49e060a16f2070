"""How much of what a document says about itself is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.ids import Instant
from octavo_server.domain.metadata import ENTRIES_CHARS_MAX, ENTRIES_MAX, DocumentMetadata, bounded


def test_texts_are_one_line_and_printable() -> None:
    told = bounded(DocumentMetadata(title=" A\ttitle\n of \x1b[31mtwo\x00 lines ", more={"a\nkey": "\ud800\u202e"}))

    assert told.title == "A title of [31mtwo lines"
    assert told.more == {}


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1e12, 1e12])
def test_a_time_out_of_the_calendar_is_none(seconds: float) -> None:
    assert bounded(DocumentMetadata(create_time=Instant(seconds))).create_time is None


@pytest.mark.parametrize("pages", [-1, 2**31])
def test_a_number_of_pages_that_no_document_has_is_none(pages: int) -> None:
    assert bounded(DocumentMetadata(page_count=pages)).page_count is None


def test_the_rest_is_kept_up_to_a_number_of_entries_and_characters() -> None:
    many = bounded(DocumentMetadata(more={str(number): "x" for number in range(1_000)})).more
    long = bounded(DocumentMetadata(more={str(number): "x" * 9_999 for number in range(64)})).more

    assert len(many) == ENTRIES_MAX
    assert 0 < sum(len(key) + len(value) for key, value in long.items()) <= ENTRIES_CHARS_MAX


texts = st.text(max_size=600)


@given(st.builds(DocumentMetadata, title=texts, more=st.dictionaries(texts, texts, max_size=70)))
def test_bounding_twice_is_bounding_once(metadata: DocumentMetadata) -> None:
    assert bounded(bounded(metadata)) == bounded(metadata)
