"""What is made of a Tika Server's URL and answers, and of Tika's names."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.tika_metadata import metadata_of
from octavo_server.relays.endpoint import Endpoint
from octavo_server.relays.reply import NonsenseError, Reply
from octavo_server.settings import SettingsError, read_settings

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


def reply(*parts: dict[str, object]) -> Reply:
    return Reply.from_json(json.dumps(parts).encode())


@pytest.mark.parametrize(
    ("url", "host", "port", "at"),
    [
        ("http://127.0.0.1:9998", "127.0.0.1", 9998, "http://10.0.0.1:9998"),
        ("http://tika/", "tika", 80, "http://10.0.0.1:80"),
        ("https://u:p@Tika.example/behind/", "tika.example", 443, "https://10.0.0.1:443/behind"),
        ("http://[::1]:9998", "::1", 9998, "http://10.0.0.1:9998"),
    ],
)
def test_a_url_has_these_parts(url: str, host: str, port: int, at: str) -> None:
    endpoint = Endpoint.from_url(url)

    assert (endpoint.host, endpoint.port, endpoint.at("10.0.0.1")) == (host, port, at)


def test_a_url_can_be_called_by_an_ipv6_address() -> None:
    endpoint = Endpoint.from_url("http://tika:9998")

    assert endpoint.at("fd00::1") == "http://[fd00::1]:9998"
    assert endpoint.host_header == "tika:9998"


def test_credentials_are_read_and_not_shown() -> None:
    endpoint = Endpoint.from_url("http://me:s%40cret@tika:9998")

    assert endpoint.credentials == ("me", "s@cret")
    assert "cret" not in repr(endpoint)


@pytest.mark.parametrize(
    "url",
    [
        *("", "tika:9998", "ftp://s3cret@tika", "file:///etc/passwd", "http://", "http://s3cret@"),
        *("http://s3cret@tika:port", "http://tika:99999", "http://[s3cret", "http://[s3cret]"),
        *("http://tika/?s3cret", "http://tika/#s3cret"),
    ],
)
def test_a_bad_url_stops_the_server_and_is_not_shown(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"tika_url": url}, {})

    assert "--tika-url (OCTAVO_TIKA_URL)" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_settings_do_not_show_the_url() -> None:
    assert "s3cret" not in repr(read_settings({"tika_url": "http://me:s3cret@tika"}, {}))


def test_fields_that_documents_share_have_names_of_their_own() -> None:
    found = metadata_of(
        {
            "Content-Type": "application/pdf",
            "dc:title": ["A title"],
            "dc:creator": ["One", "Two"],
            "dcterms:created": "2001-02-03T04:05:06Z",
            "xmpTPg:NPages": "7",
            "dc:language": "de",
            "pdf:producer": "a tool",
            "X-TIKA:Parsed-By": "org.apache",
            "resourceName": "a.pdf",
        }
    )

    assert found == DocumentMetadata(
        media_type="application/pdf",
        title="A title",
        author="One, Two",
        create_time=981173106.0,
        page_count=7,
        language="de",
        more={"pdf:producer": "a tool"},
    )


@pytest.mark.parametrize("created", ["", "yesterday", "2001-99-99", "0000-00-00T00:00:00Z", "9" * 40])
def test_a_time_that_is_none_is_left_out(created: str) -> None:
    assert metadata_of({"dcterms:created": created}).create_time is None


def test_a_time_without_a_zone_is_utc() -> None:
    assert metadata_of({"dcterms:created": "1970-01-01T00:00:10"}).create_time == 10


@pytest.mark.parametrize("pages", ["", "-1", "1.5", "many", "9" * 5_000, "\u0663"])
def test_a_count_that_is_none_is_left_out(pages: str) -> None:
    assert metadata_of({"xmpTPg:NPages": pages}).page_count is None


def test_the_texts_of_what_is_inside_follow_the_documents_own() -> None:
    found = reply(
        {"X-TIKA:content": "\n\nA mail.\r\nIts end.\n\n", "Content-Type": "message/rfc822"},
        {"X-TIKA:content": "\n\nAn attachment.\n", "resourceName": "a.txt"},
        {"X-TIKA:content": "\n\nphoto.jpg\n\n", "resourceName": "photo.jpg"},
        {"Content-Type": "application/x-nothing"},
    )

    assert found.text == "A mail.\nIts end.\nAn attachment.\n"
    assert found.warnings == ()


def test_what_could_not_be_read_is_told() -> None:
    found = reply(
        {"X-TIKA:content": "Half", "X-TIKA:EXCEPTION:container_exception": "java.io.EOFException: \n\tat a.b"},
        {"X-TIKA:EXCEPTION:embedded_exception": "java.lang"},
        {"X-TIKA:content": "Fine"},
    )

    assert found.warnings == (
        "the document is damaged: its text may end early",
        "1 embedded documents could not be read and were left out",
    )


@pytest.mark.parametrize(
    ("document", "reason", "message"),
    [
        (
            {"X-TIKA:EXCEPTION:container_exception": "org.apache.tika.exception.EncryptedDocumentException: x"},
            "DOCUMENT_ENCRYPTED",
            "the document is encrypted",
        ),
        (
            {"X-TIKA:EXCEPTION:container_exception": "java.io.IOException: says SECRET"},
            "DOCUMENT_DAMAGED",
            "Tika Server can't read it: the document is damaged",
        ),
        (
            {"X-TIKA:Parsed-By": "org.apache.tika.parser.EmptyParser"},
            "DOCUMENT_DAMAGED",
            "Tika Server can't read it: it does not know the type",
        ),
        (
            {"Content-Type": "application/pdf", "dc:title": "Scan", "X-TIKA:content": "\nScan\n"},
            "NO_TEXT",
            "no text: the pages are images",
        ),
        ({"Content-Type": "image/png"}, "NO_TEXT", "no text: the pages are images"),
        ({"Content-Type": "text/html", "X-TIKA:content": " \n\n "}, "NO_TEXT", "Tika Server found no text"),
    ],
)
def test_why_there_is_no_text_is_told(document: dict[str, object], reason: str, message: str) -> None:
    found = reply(document)

    assert found.text == ""
    assert (found.failure.reason, found.failure.message) == (reason, message)


def test_a_text_that_the_server_stopped_is_known_as_such() -> None:
    part = {"X-TIKA:EXCEPTION:write_limit_reached": "true", "X-TIKA:content": "x"}

    assert reply(part).is_cut
    assert reply({"X-TIKA:content": "x"}, part).is_cut
    assert not reply({"X-TIKA:content": "x"}).is_cut


@given(JSON | st.lists(st.dictionaries(st.sampled_from(["X-TIKA:content", "dc:title", "Content-Type"]), JSON)))
def test_any_answer_is_a_reply_or_nonsense(answer: object) -> None:
    try:
        found = Reply.from_json(json.dumps(answer).encode())
    except NonsenseError:
        return
    assert isinstance(found.text, str)
    assert metadata_of(found.document)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"[1]", b"\xff", b"[" * 100_000, b'[{"a": null}]'])
def test_what_is_no_answer_is_nonsense(body: bytes) -> None:
    with pytest.raises(NonsenseError):
        Reply.from_json(body)
