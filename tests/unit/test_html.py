"""What is read from a page."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octavo_server.extractors.base import CannotExtractError, RefusalError
from octavo_server.extractors.html import Html
from octavo_server.extractors.hypertext.charset import known
from tests.web_documents import page, read

if TYPE_CHECKING:
    from octavo_server.domain.jobs import Progress

BLOCKS = ("p", "div", "li", "h1", "blockquote", "section", "td", "dt", "option", "tr", "pre")
INLINE = ("b", "i", "span", "a", "sub", "code", "my-element")


def text(body: str) -> str:
    return read(Html(), page(body)).text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Alpha<p>Beta", "Alpha\nBeta"),
        ("Alpha<br>Beta", "Alpha\nBeta"),
        ("<table><tr><td>Alpha<td>Beta<tr><td><p>Gamma</p></td></table>", "Alpha\tBeta\nGamma"),
        ("<ul><li>Alpha<li>Beta</ul>Gamma", "Alpha\nBeta\nGamma"),
        ("<svg><text>Alpha</text><text>Be<tspan>ta</tspan></text></svg>", "Alpha Beta"),
        ("<button>Alpha</button><button>Beta</button>", "Alpha Beta"),
    ],
)
def test_blocks_breaks_and_cells_separate_words(body: str, expected: str) -> None:
    assert text(body) == expected


def test_inline_elements_do_not_separate_letters() -> None:
    assert text("H<sub>2</sub>O and <b>A</b>lpha<wbr>bet") == "H2O and Alphabet"


def test_whitespace_collapses_as_in_a_browser() -> None:
    assert text("  Alpha \n\t <b> Beta </b> <i> </i> Gamma&nbsp; ") == "Alpha Beta Gamma\xa0"


def test_preformatted_text_keeps_its_lines_and_spaces() -> None:
    assert text("<p>Code:</p><pre>if x:\n\n    <b>y</b>()</pre><p>That is  all.") == (
        "Code:\nif x:\n\n    y()\nThat is all."
    )


def test_what_is_no_text_is_left_out() -> None:
    head = "<style>p { color: red }</style><script>if (a < b) { x('</p>') }</script><noscript>No script</noscript>"
    body = "<template><p>Template</p></template><!-- <p>Comment</p> --><p>Alpha</p><?php echo 1 ?><iframe>Old</iframe>"
    assert read(Html(), page(body, head=head)).text == "Alpha"


def test_a_noscript_of_the_body_is_text() -> None:
    assert text("<p>Alpha</p><noscript><p>Beta</p></noscript>") == "Alpha\nBeta"


def test_text_that_is_hidden_at_first_is_read() -> None:
    assert text("<details><summary>Ask</summary><div hidden>Answer</div></details>") == "Ask\nAnswer"


def test_the_title_comes_first() -> None:
    extracted = read(Html(), page("<p>Alpha", head="<title>A &amp; B</title>"))
    assert extracted.text == "A & B\nAlpha"
    assert extracted.metadata.title == "A & B"


def test_the_head_goes_on_behind_a_noscript() -> None:
    extracted = read(Html(), page("Beta", head="<noscript><img src='a.gif'>No</noscript><title>Alpha</title>"))
    assert extracted.text == "Alpha\nBeta"
    assert extracted.metadata.title == "Alpha"


def test_an_image_is_read_by_its_alternative_text_else_by_its_file_name() -> None:
    assert text('See<img src="a.png" alt="the sea">here') == "See the sea here"
    assert text('See <img src="/img/the%20sea.png?w=20#x">') == "See the sea.png"
    assert text('See <img src="ornament.png" alt=""><img src="data:image/png;base64,AAAA">') == "See"


def test_names_of_files_alone_are_no_text() -> None:
    with pytest.raises(RefusalError, match="blank"):
        text('<p> <img src="a.png"></p>')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("&lt;p&gt; &eacute; &#233; &#xe9; &AMP;", "<p> é é é &"),
        ("a < b, c<3 &unknown; & d", "a < b, c<3 &unknown; & d"),
        ('<p title="a > b">Alpha', "Alpha"),
        ("<p title=it's>Alpha</p><p title=that's>Beta", "Alpha\nBeta"),
        ("Alpha<!-->Beta<!-- --!>Gamma</>Delta", "AlphaBetaGammaDelta"),
        ("<textarea><b>Alpha</b></textarea>", "<b>Alpha</b>"),
    ],
)
def test_tags_and_references_are_told_from_text_as_browsers_do(body: str, expected: str) -> None:
    assert text(body) == expected


def test_xhtml_may_end_its_title_and_scripts_at_once() -> None:
    xhtml = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>'
    extracted = read(Html(), xhtml + "<body><x:p xmlns:x='y'>Alpha</x:p><![CDATA[<Beta>]]></body></html>")
    assert extracted.text == "Alpha\n<Beta>"
    assert extracted.metadata.media_type == "application/xhtml+xml"


def test_a_page_describes_itself() -> None:
    head = (
        '<title> My\n page </title><meta name="Author" content="Ada &amp; Bob"><meta name=generator content=Hand>'
        '<meta name="keywords" content="a, b"><meta property="article:published_time" content="2024-05-06T07:08:09Z">'
    )
    metadata = read(Html(), page("x", head=head, attributes=' lang="de-AT"')).metadata
    assert (metadata.media_type, metadata.title, metadata.author) == ("text/html", "My page", "Ada & Bob")
    assert metadata.language == "de-AT"
    assert metadata.create_time == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    assert metadata.more["keywords"] == "a, b"
    assert metadata.more["generator"] == "Hand"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-8"])
def test_the_encoding_shows_in_the_bytes(encoding: str) -> None:
    body = "<p>Привет, мир: это проверка кодировки.</p>" * 20
    assert "Привет, мир" in read(Html(), page(body).encode(encoding)).text


@pytest.mark.parametrize(
    ("declaration", "encoding", "letters"),
    [
        ('<meta charset="windows-1251">', "cp1251", "Привет"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb18030", "中文"),
        ("<meta charset=x-sjis>", "cp932", "日本語"),
        ("<meta charset=iso-8859-1>", "cp1252", "“Größe”"),
        ("<meta charset=euc-kr>", "cp949", "한국어"),
    ],
)
def test_the_encoding_is_what_the_page_declares(declaration: str, encoding: str, letters: str) -> None:
    extracted = read(Html(), page(letters, head=declaration).encode(encoding))
    assert extracted.text == letters
    assert not extracted.warnings


def test_an_undeclared_encoding_is_guessed_and_a_warning_says_so() -> None:
    body = "<p>Комитет собрался во вторник и не принял никакого решения.</p>" * 5
    extracted = read(Html(), page(body).encode("cp1251"))
    assert "Комитет собрался" in extracted.text
    assert "not valid UTF-8" in extracted.warnings[0]


@pytest.mark.parametrize("name", ["base64", "rot13", "unicode_escape", "idna", "utf-7", "no-such", "\0"])
def test_no_page_is_read_by_a_codec_that_is_no_text_encoding(name: str) -> None:
    assert known(name) is None


@pytest.mark.parametrize("opening", ["<div>", "<b>", "<table><tr><td>", "<p>", "<pre>", "<a b='", "<svg>"])
def test_deep_nesting_is_read_all_the_same(opening: str) -> None:
    assert text(opening * 50_000 + ("'>" if opening.endswith("'") else "") + "deep").strip() == "deep"


@pytest.mark.parametrize(
    "hostile",
    [
        *("<", "<a ", '<a b="', "<!--", "<!-- ->", "<title>", "<script>", "<![CDATA[", "<!DOCTYPE x[", "&#1", "<?"),
        *("<!DOCTYPE[>", "<meta "),
    ],
)
def test_unfinished_markup_takes_no_more_time_than_its_length(hostile: str) -> None:
    # A reader that looked to the end of the page at each would need hours: the test's own time limit ends it.
    with suppress(RefusalError):
        read(Html(), hostile * 300_000)


def test_the_addresses_of_images_take_no_more_time_than_their_length() -> None:
    assert text("Alpha" + f'<img src="{"x" * 1_900}/y">' * 20_000).startswith("Alpha y y y")


def test_declarations_of_a_page_of_xml_are_not_read() -> None:
    declarations = "<!DOCTYPE html [" + "<!ENTITY a 'b'>" * 10_000 + " ]>"
    assert read(Html(), f"<?xml version='1.0'?>{declarations}<html><p>Alpha</p></html>").text == "Alpha"


def test_a_slash_that_ends_an_unquoted_value_ends_no_element() -> None:
    xhtml = '<?xml version="1.0"?><html><body>Alpha <script src=http://a.example/>run()</script>'
    assert read(Html(), f'{xhtml}Beta<script src="b/"/> Gamma<script async />').text == "Alpha Beta Gamma"


def test_reading_stops_a_little_beyond_the_limit() -> None:
    extracted = read(Html(), page("<p>word</p>" * 100_000), chars_max=1_000)
    assert 1_000 < len(extracted.text) < 1_100


def test_whitespace_of_the_source_does_not_count_as_text() -> None:
    assert text("Alpha" + " \n" * 3_000_000 + "<b> </b>" * 10_000 + "Beta") == "Alpha Beta"


def test_binary_data_is_no_page() -> None:
    with pytest.raises(CannotExtractError, match="binary data") as caught:
        read(Html(), bytes(range(256)) * 200)
    assert caught.value.reason == "DOCUMENT_DAMAGED"


def test_a_large_page_without_text_is_refused_whoever_else_might_try() -> None:
    with pytest.raises(RefusalError, match="blank") as caught:
        read(Html(), "<br>" * (5 << 20))
    assert caught.value.reason == "NO_TEXT"


def test_progress_is_told_in_bytes_and_ends_at_all_of_them() -> None:
    told: list[Progress] = []
    data = page("<p>Größe</p>" * 300_000).encode()
    read(Html(), data, report=told.append)
    assert {progress.unit for progress in told} == {"byte"}
    completed = [progress.completed for progress in told]
    assert len(completed) > 2
    assert completed == sorted(completed)
    assert completed[-1] == told[-1].total == len(data)


WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=8), min_size=1, max_size=8)


@pytest.mark.parametrize("block", BLOCKS)
@given(words=WORDS, inline=st.sampled_from(INLINE), closed=st.booleans())
def test_words_of_different_blocks_never_glue(block: str, words: list[str], inline: str, closed: bool) -> None:
    end = f"</{block}>" if closed else ""
    body = "".join(f"<{block}><{inline}>{word}</{inline}>{end}" for word in words)
    assert text(body).split() == words


@given(words=WORDS, inline=st.sampled_from(INLINE))
def test_letters_of_one_word_never_part(words: list[str], inline: str) -> None:
    body = " ".join("".join(f"<{inline}>{letter}</{inline}>" for letter in word) for word in words)
    assert text(body).split() == words


MARKUP = st.lists(
    st.sampled_from(
        ["<", ">", "<p>", "</p", "<!--", "-->", "<![CDATA[", "]]>", "&#", "&amp", "<pre>", "<td>", "<title>"]
    )
    | st.sampled_from(
        ["</title>", "<script>", "</script>", "<template>", "<a b='", '"', "=", "\0", "<?xml ", "é", "\ud7ff"]
    )
    | st.text(max_size=5)
).map("".join)


@given(data=st.binary() | MARKUP.map(str.encode) | MARKUP.map(lambda markup: markup.encode("utf-16")))
@example(data=b"<html lang=\xff><meta charset=\xff>")
def test_any_bytes_end_in_text_or_a_reason(data: bytes) -> None:
    with suppress(CannotExtractError, RefusalError):
        extracted = read(Html(), data or b" ")
        assert "\r" not in extracted.text
        assert "\0" not in extracted.text
        assert re.fullmatch(r"text/html|application/xhtml\+xml", extracted.metadata.media_type)
