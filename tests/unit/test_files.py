"""The rules for names, places and tags of files."""

from collections.abc import Callable

import pytest

from octavo_server.domain import files, submissions
from octavo_server.domain.errors import InvalidArgumentError


def test_a_name_is_stored_in_lower_case() -> None:
    assert files.valid_name("Report A.TXT", extension=".txt") == "report a.txt"


@pytest.mark.parametrize("name", ["", "a/b.txt", "a" * 61 + ".txt", "über.txt", "a\n.txt", "noextension", ".txt", "a."])
def test_a_name_that_breaks_the_rule_is_refused_with_its_field(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        files.valid_name(name, extension="")
    assert caught.value.violation.field == "file_name"


def test_a_name_must_end_in_the_documents_own_extension() -> None:
    with pytest.raises(InvalidArgumentError, match=r"must end in '\.pdf'"):
        files.valid_name("a.txt", extension=".pdf")


@pytest.mark.parametrize(
    ("given", "stored"), [("", "/etc"), ("/", "/"), ("/A/b c", "/a/b c"), ("/etcx", "/etcx"), ("/a/etc", "/a/etc")]
)
def test_a_directory_is_stored_in_lower_case(given: str, stored: str) -> None:
    assert files.valid_directory(given) == stored


@pytest.mark.parametrize("directory", ["a", "a/b", "/a/", "//a", "/a//b", "/etc/x", "/ETC/x", "/ä", "/" + "a" * 128])
def test_a_directory_that_breaks_the_rule_is_refused(directory: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        files.valid_directory(directory)
    assert caught.value.violation.field == "symbolic_directory_path"


@pytest.mark.parametrize(("path", "parts"), [("/n.txt", ("/", "n.txt")), ("/a/b/n.txt", ("/a/b", "n.txt"))])
def test_a_path_is_a_directory_and_a_name(path: str, parts: tuple[str, str]) -> None:
    assert files.split_path(path) == parts
    assert files.join(*parts) == path


@pytest.mark.parametrize("path", ["n.txt", "a/n.txt", "/a/", "", "/"])
def test_a_path_without_leading_slash_or_name_is_refused(path: str) -> None:
    with pytest.raises(InvalidArgumentError):
        files.split_path(path)


def test_tags_are_stored_in_lower_case_and_in_order() -> None:
    assert files.valid_tags([("B", "X y"), ("a", "1")]) == (files.Tag("b", "x y"), files.Tag("a", "1"))


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ([("k" * 33, "v")], "file_tags[0].key"),
        ([("k", "v"), ("k", "")], "file_tags[1].value"),
        ([("k", "é")], "file_tags[0].value"),
        ([("k", "v"), ("K", "V")], "file_tags[1]"),
        ([(f"k{n}", "v") for n in range(21)], "file_tags"),
    ],
)
def test_a_tag_that_breaks_the_rule_is_refused_with_its_place(pairs: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        files.valid_tags(pairs)
    assert caught.value.violation.field == field


def test_the_same_key_with_another_value_is_another_tag() -> None:
    assert len(files.valid_tags([("k", "1"), ("k", "2")])) == 2


def test_a_description_has_a_limit() -> None:
    assert files.valid_description("x" * 256) == "x" * 256
    with pytest.raises(InvalidArgumentError):
        files.valid_description("x" * 257)


@pytest.mark.parametrize(
    ("name", "extension"), [("a.TXT", ".txt"), ("a.tar.gz", ".gz"), ("a", ""), (".txt", ""), ("a.", "")]
)
def test_the_extension_is_what_follows_the_last_dot(name: str, extension: str) -> None:
    assert files.extension_of(name) == extension


@pytest.mark.parametrize("check", [files.valid_directory, files.split_path])
def test_a_refused_place_is_shown(check: Callable[[str], object]) -> None:
    with pytest.raises(InvalidArgumentError, match=r"'папка' is not$"):
        check("папка")


def test_what_is_refused_is_shown_with_the_letters_allowed() -> None:
    with pytest.raises(InvalidArgumentError, match=r"ASCII letters, .*; 'ü\.txt' is not$"):
        files.valid_name("ü.txt", extension="")
    with pytest.raises(InvalidArgumentError, match=r"ASCII letters, .*; 'ü' is not$"):
        files.valid_tags([("a", "ü")])


@pytest.mark.parametrize(("seconds", "told"), [(2_592_001, "2592001"), (0, "0"), (0.5, "0.5")])
def test_a_time_that_is_refused_is_told_as_a_number_is_written(seconds: float, told: str) -> None:
    with pytest.raises(InvalidArgumentError, match=rf"must be 1 to 2592000 seconds; {told} is not$"):
        submissions.seconds_until_expiry(seconds)
