"""The module `json-to-txt`, and JSON that nobody should have written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, check_file_type
from octavo_server.extractors.base import Document
from octavo_server.modules import MODULES
from octavo_server.modules.base import Input, Output, RefusalError

MODULE = MODULES["json-to-txt"]
OUTPUT_BYTES_MAX = 1_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("snippet"), inner, max_size=4),
    max_leaves=10,
)


def run(content: bytes) -> Output:
    document = Document(content=content, name="a.json")
    given = Input(document=document, model="base", params={}, output_bytes_max=OUTPUT_BYTES_MAX)
    return MODULE.run(given, lambda _progress: None)


def refusal(content: bytes) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        run(content)
    return caught.value


def test_snippets_are_joined_by_one_line_feed() -> None:
    output = run(b'[{"snippet": "One."}, {"snippet": "Two\\nthree."}, {"snippet": "Gr\\u00f6\\u00dfe \\ud83d\\ude00"}]')

    assert bytes(output.data).decode() == "One.\nTwo\nthree.\nGröße 😀"
    assert output.media_type == "text/plain"
    assert output.warnings == ()


def test_other_keys_and_a_byte_order_mark_are_ignored() -> None:
    assert run(b'\xef\xbb\xbf[{"line_numbers": [1, 2.5], "snippet": "One.", "score": NaN, "more": {}}]').data == b"One."


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    assert run(b'[{"snippet": 1, "snippet": "One."}]').data == b"One."


@pytest.mark.parametrize(
    ("content", "reason", "says"),
    [
        (b"", "UNEXPECTED_JSON", "the document is empty"),
        (b"One. Two.", "DOCUMENT_DAMAGED", "not JSON (line 1, column 1"),
        (b'[{"snippet": "One."},\n]', "DOCUMENT_DAMAGED", "not JSON (line "),
        (b'[{"snippet": "One."}] and more', "DOCUMENT_DAMAGED", "not JSON (line 1, column 23"),
        (b'[{"snippet": "abc\xe9"}]', "DOCUMENT_DAMAGED", "byte 17 is not UTF-8"),
        ('[{"snippet": "One."}]'.encode("utf-16"), "DOCUMENT_DAMAGED", "byte 0 is not UTF-8"),
        (b"[]", "UNEXPECTED_JSON", "it is an empty list"),
        (b'{"snippet": "One."}', "UNEXPECTED_JSON", "it is no list"),
        (b"null", "UNEXPECTED_JSON", "it is no list"),
        (b'[{"snippet": "One."}, "Two."]', "UNEXPECTED_JSON", "item [1] is no object"),
        (b'[{"snippet": "One."}, {"text": "Two."}]', "UNEXPECTED_JSON", 'item [1] has nothing under "snippet"'),
        (b'[{"snippet": 7}]', "UNEXPECTED_JSON", 'item [0] has other than text under "snippet"'),
        (b'[{"snippet": null}]', "UNEXPECTED_JSON", 'item [0] has other than text under "snippet"'),
        (b'[{"snippet": " "}, {"snippet": "\\n"}]', "NO_TEXT", "all snippets are blank"),
        (b'[{"snippet": "' + b"x" * 1_001 + b'"}]', "OUTPUT_TOO_LARGE", "larger than 1,000 bytes"),
    ],
)
def test_what_has_no_snippets_is_refused_in_plain_words(content: bytes, reason: str, says: str) -> None:
    refused = refusal(content)

    assert refused.reason == reason
    assert says in refused.message


def test_a_refusal_tells_what_is_allowed() -> None:
    assert 'must be a JSON list of objects, each with a text under "snippet"' in refusal(b"[1]").message


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 1_000_000,
        b'{"snippet":' * 200_000,
        b'[{"snippet": "One.", "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    ],
)
def test_depth_is_refused(content: bytes) -> None:
    assert refusal(content).message.startswith("lists or objects are nested too deeply")


def test_a_number_of_a_million_digits_takes_no_time() -> None:
    digits = b"9" * 1_000_000

    assert run(b'[{"snippet": "One.", "n": ' + digits + b', "f": 1e' + digits + b"}]").data == b"One."


def test_half_a_surrogate_pair_is_replaced_with_a_warning() -> None:
    output = run(b'[{"snippet": "a\\ud800b"}, {"snippet": "\\udc00"}]')

    assert bytes(output.data).decode() == "a\ufffdb\n\ufffd"
    assert output.warnings == ("half surrogate pairs became U+FFFD, 2 times",)


@given(JSON)
def test_any_json_gives_a_text_or_is_refused(value: object) -> None:
    try:
        run(json.dumps(value).encode()).data.decode()
    except RefusalError:
        return


@given(st.binary())
def test_any_bytes_give_a_text_or_are_refused(content: bytes) -> None:
    try:
        run(content)
    except RefusalError:
        return


def test_it_reads_json_and_can_be_the_first_of_a_chain() -> None:
    spec = MODULE.spec

    assert (spec.input_format, spec.output_format) == (Format.JSON, Format.TEXT)
    assert (spec.input_key, spec.output_key) == ("snippet", "")
    assert [model.name for model in spec.models] == ["base"]
    check_file_type(spec, "a.json")


def test_it_tells_how_many_snippets_it_joined() -> None:
    heard: list[Progress] = []
    document = Document(content=b'[{"snippet": "One."}, {"snippet": "Two."}]', name="a.json")
    MODULE.run(Input(document=document, model="base", params={}, output_bytes_max=OUTPUT_BYTES_MAX), heard.append)

    assert heard == [Progress("snippet", 2, 2)]
