"""Which files a query finds, and which queries are none."""

import pytest

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.files import File, Tag
from octavo_server.domain.ids import FileId, Instant
from octavo_server.domain.queries import TERMS_MAX, WILDCARDS_MAX, valid_query
from octavo_server.domain.terms import directory_term, name_term

FILE_ID = FileId("00000000-0000-4000-8000-000000000001")
CREATED = Instant(1_000.0)


def a_file(directory: str = "/a/b", name: str = "report.txt", **fields: object) -> File:
    return File(**{"file_id": FILE_ID, "name": name, "directory": directory, **fields})


@pytest.mark.parametrize(
    ("term", "found", "missed"),
    [
        ("report.txt", ["report.txt"], ["a report.txt", "report.txt.txt"]),
        ("REPORT.TXT", ["report.txt"], []),
        ("rep*", ["report.txt", "rep"], ["a report.txt"]),
        ("*.txt", ["report.txt", ".txt"], ["report.text"]),
        ("*por*", ["report.txt", "por"], ["rep.txt"]),
    ],
)
def test_a_name_may_have_wildcards_at_its_ends(term: str, found: list[str], missed: list[str]) -> None:
    assert all(name_term(term, field="f").fits(name) for name in found)
    assert not any(name_term(term, field="f").fits(name) for name in missed)


@pytest.mark.parametrize(
    ("term", "found", "missed"),
    [
        ("/", ["/"], ["/a"]),
        ("/*", ["/", "/a", "/a/b"], []),
        ("/a", ["/a"], ["/", "/a/b", "/ab"]),
        ("/A/b*", ["/a/b", "/a/bc", "/a/b/c"], ["/a", "/a/c"]),
        ("/a/b/*", ["/a/b/c", "/a/b/c/d"], ["/a/b", "/a/bc"]),
    ],
)
def test_a_directory_may_have_a_wildcard_at_its_end(term: str, found: list[str], missed: list[str]) -> None:
    assert all(directory_term(term, field="f").fits(directory) for directory in found)
    assert not any(directory_term(term, field="f").fits(directory) for directory in missed)


@pytest.mark.parametrize(
    "terms",
    [
        {"file_ids": [FILE_ID]},
        {"names": ["report.txt"]},
        {"directories": ["/a/b"]},
        {"paths": ["/a/b/report.txt"]},
        {"paths": ["/a*/*.txt"]},
        {"paths": ["/*/rep*"]},
        {"tags": [("author", "orwell")]},
        {"tags": [("AUTHOR", "*")]},
        {"names": ["other.txt"], "tags": [("author", "orwell")]},
    ],
)
def test_any_fitting_term_finds_a_file(terms: dict[str, list[object]]) -> None:
    file = a_file(tags=(Tag("author", "orwell"), Tag("year", "1949")))

    assert valid_query(**terms).fits(file, CREATED)


@pytest.mark.parametrize(
    "terms", [{"paths": ["/a/report.txt"]}, {"tags": [("author", "huxley")]}, {"tags": [("orwell", "*")]}]
)
def test_a_file_that_no_term_fits_is_not_found(terms: dict[str, list[object]]) -> None:
    assert not valid_query(**terms).fits(a_file(tags=(Tag("author", "orwell"),)), CREATED)


def test_bounds_of_time_all_hold_and_include_their_ends() -> None:
    file = a_file(update_time=Instant(2_000.0))

    assert valid_query().fits(file, CREATED)
    assert valid_query(create_time_min=CREATED, create_time_max=CREATED).fits(file, CREATED)
    assert valid_query(update_time_min=Instant(2_000.0), update_time_max=Instant(2_000.0)).fits(file, CREATED)
    assert not valid_query(create_time_min=Instant(1_000.5)).fits(file, CREATED)
    assert not valid_query(names=["report.txt"], update_time_max=Instant(1_999.0)).fits(file, CREATED)


def test_a_file_that_was_never_changed_counts_as_changed_when_it_was_accepted() -> None:
    assert valid_query(update_time_min=CREATED, update_time_max=CREATED).fits(a_file(), CREATED)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"file_ids": ["x"]}, "query.file_ids[0]"),
        ({"names": ["ok.txt", "*"]}, "query.file_names[1]"),
        ({"names": ["a*b.txt"]}, "query.file_names[0]"),
        ({"names": ["ok.txt", "ok.txt", "bad!"]}, "query.file_names[2]"),
        ({"names": ["**.txt"]}, "query.file_names[0]"),
        ({"names": ["a\n"]}, "query.file_names[0]"),
        ({"directories": ["*/a"]}, "query.symbolic_directory_paths[0]"),
        ({"directories": ["/a/"]}, "query.symbolic_directory_paths[0]"),
        ({"directories": ["/a*b"]}, "query.symbolic_directory_paths[0]"),
        ({"paths": ["/a/*"]}, "query.symbolic_file_paths[0]"),
        ({"paths": ["a.txt"]}, "query.symbolic_file_paths[0]"),
        ({"tags": [("*", "x")]}, "query.file_tags[0].key"),
        ({"tags": [("a", "x*")]}, "query.file_tags[0].value"),
        ({"names": [f"{number}.txt" for number in range(TERMS_MAX + 1)]}, "query.file_names"),
        ({"names": [f"{number}*" for number in range(WILDCARDS_MAX + 1)]}, "query"),
        ({"create_time_min": Instant(2.0), "create_time_max": Instant(1.0)}, "query.create_time_start"),
    ],
)
def test_a_bad_term_is_refused_by_its_field(terms: dict[str, list[object]], field: str) -> None:
    with pytest.raises(InvalidArgumentError) as refusal:
        valid_query(**terms)

    assert refusal.value.violation.field == field


def test_a_term_that_is_given_twice_counts_once() -> None:
    assert len(valid_query(names=["a.txt", "a.txt"]).names) == 1
