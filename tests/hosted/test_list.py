"""`list` with each of its arguments, as scripts of the hosted product call it."""

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

import octavo
from tests.hosted.library import BOOKS, RAIN, RIVER, ROOT, SEA, Library

NEWEST_FIRST = [book.path for book in reversed(BOOKS)]
NOTHING_FOUND = "No files were found for the given query arguments"
ZERO_RESULTS = "WARNING: the following arguments returned zero results"


def paths(answer: octavo.answers.Answer) -> list[str]:
    return [f"{item['symbolic_directory_path'].rstrip('/')}/{item['file_name']}" for item in answer["items"]]


def test_a_list_has_five_keys_and_an_item_eleven(library: Library) -> None:
    answer = library.parsed.list(symbolic_directory_paths=["/stories"])

    (item,) = answer["items"]
    assert list(answer.items()) == [
        ("status_code", 200),
        ("request_id", str(uuid.UUID(answer["request_id"]))),
        ("message", "Successfully returned 1 item.  Note: all timestamps in UTC."),
        ("warnings", []),
        ("items", [item]),
    ]
    assert list(item.items()) == [
        ("last_updated", item["created_at"]),
        ("process_id", str(uuid.UUID(item["process_id"]))),
        ("created_at", item["created_at"]),
        (
            "file_metadata",
            {
                "modules": {"module_1": {"parser": {"model": "sentence"}}},
                "modules_data": {"module_1": {"parser": {"data_files_extensions": [".json"], "num_lines": 2}}},
            },
        ),
        ("file_tags", [{"author": "conrad"}]),
        ("file_description", "About the sea."),
        ("symbolic_directory_path", "/stories"),
        ("pipeline", "library"),
        ("file_id", library.parsed_ids[SEA]),
        ("expire_time", item["expire_time"]),
        ("file_name", "sea.txt"),
    ]
    created = datetime.strptime(item["created_at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    expires = datetime.strptime(item["expire_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs((expires - created).total_seconds() - 1800) <= 1


def test_a_file_without_description_has_an_empty_one(library: Library) -> None:
    (item,) = library.parsed.list(file_names=["root.txt"])["items"]
    assert (item["file_description"], item["file_tags"]) == ("", [])


def test_files_are_found_by_id(library: Library) -> None:
    answer = library.parsed.list(file_ids=[library.parsed_ids[SEA], library.parsed_ids[RAIN]])
    assert paths(answer) == [RAIN, SEA]
    assert answer["message"] == "Successfully returned 2 items.  Note: all timestamps in UTC."


def test_an_unknown_id_is_told(library: Library) -> None:
    unknown = str(uuid.uuid4())
    warning = {"WARNING: the following file_ids were not found": [unknown]}

    answer = library.parsed.list(file_ids=[unknown])
    assert (answer["message"], answer["items"]) == ("No items found for input query arguments", [])
    assert answer["warnings"] == [warning]
    answer = library.parsed.list(file_ids=[unknown], file_names=["sea.txt"])
    assert (paths(answer), answer["warnings"]) == ([SEA], [warning])


@pytest.mark.parametrize(
    ("file_name", "found"),
    [
        ("sea.txt", [SEA]),
        ("SEA.TXT", [SEA]),
        ("*a.txt", [SEA]),
        ("r*", [ROOT, RAIN, RIVER]),
        ("*ive*", [RIVER]),
        ("*.txt", NEWEST_FIRST),
    ],
)
def test_files_are_found_by_name(library: Library, file_name: str, found: list[str]) -> None:
    assert paths(library.parsed.list(file_names=[file_name])) == found


@pytest.mark.parametrize("file_name", ["*", "**", "s*a.txt", "**.txt", "/sea.txt", ""])
def test_a_bad_name_filter_is_refused(library: Library, file_name: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid file_name: file_names\[0\]: must be ") as caught:
        library.parsed.list(file_names=[file_name])
    assert isinstance(caught.value, octavo.InvalidArgumentError)
    assert caught.value.field == "file_names[0]"


@pytest.mark.parametrize(
    ("directory", "found"),
    [
        ("/stories", [SEA]),
        ("/STORIES", [SEA]),
        ("/stories/*", [RIVER]),
        ("/stories*", [RIVER, SEA]),
        ("/", [ROOT]),
        ("/*", NEWEST_FIRST),
    ],
)
def test_files_are_found_by_directory(library: Library, directory: str, found: list[str]) -> None:
    assert paths(library.parsed.list(symbolic_directory_paths=[directory])) == found


@pytest.mark.parametrize("directory", ["stories", "*/stories", "/a*b", "/**", "/stories/", ""])
def test_a_bad_directory_filter_is_refused(library: Library, directory: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid symbolic_directory_path: symbolic_directory_paths\[0\]: "):
        library.parsed.list(symbolic_directory_paths=[directory])


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (SEA, [SEA]),
        ("/root.txt", [ROOT]),
        ("/stories/s*", [SEA]),
        ("/stories/*.txt", [SEA]),
        ("/stories*/*r*", [RIVER]),
        ("/*/*i*", [RAIN, RIVER]),
    ],
)
def test_files_are_found_by_path(library: Library, path: str, found: list[str]) -> None:
    assert paths(library.parsed.list(symbolic_file_paths=[path])) == found


@pytest.mark.parametrize("path", ["sea.txt", "/stories/*", "/stories/", ""])
def test_a_bad_path_filter_is_refused(library: Library, path: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid symbolic_file_path: symbolic_file_paths\[0\]: "):
        library.parsed.list(symbolic_file_paths=[path])


def test_a_path_filter_for_all_of_a_directory_says_which_filter_that_is(library: Library) -> None:
    for path in ("/*", "/stories/*"):
        with pytest.raises(ValueError, match=re.escape(f"symbolic_directory_paths=['{path}'] finds")):
            library.parsed.list(symbolic_file_paths=[path])


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ({"author": "conrad"}, [SEA]),
        ({"Author": "Conrad"}, [SEA]),
        ({"author": "*"}, [RIVER, SEA]),
        ({"form": "ode"}, [RAIN]),
    ],
)
def test_files_are_found_by_tag(library: Library, tag: dict[str, str], found: list[str]) -> None:
    assert paths(library.parsed.list(file_tags=[tag])) == found


def test_any_filter_is_enough_and_finds_a_file_once(library: Library) -> None:
    answer = library.parsed.list(
        file_names=["sea.txt"], symbolic_directory_paths=["/stories*"], file_tags=[{"author": "*"}]
    )
    assert paths(answer) == [RIVER, SEA]


def test_filters_that_miss_are_told_each(library: Library) -> None:
    answer = library.parsed.list(
        file_names=["q*", "sea.txt"],
        symbolic_directory_paths=["/q/*"],
        symbolic_file_paths=["/q/a.txt"],
        file_tags=[{"q": "*"}, {"author": "q"}],
    )
    assert paths(answer) == [SEA]
    assert answer["warnings"] == [
        {
            ZERO_RESULTS: [
                {"symbolic_directory_paths": ["/q/*"]},
                {"symbolic_file_paths": ["/q/a.txt"]},
                {"file_names": ["q*"]},
                {"file_tags": [{"author": "q"}]},
                {"file_tags_keys": ["q"]},
            ]
        }
    ]


def test_nothing_found_is_no_error(library: Library) -> None:
    answer = library.parsed.list(file_names=["q*"])
    assert (answer["status_code"], answer["message"], answer["items"]) == (200, NOTHING_FOUND, [])
    assert answer["warnings"] == [{ZERO_RESULTS: [{"file_names": ["q*"]}]}]


def test_the_newest_file_is_first_unless_ascending(library: Library) -> None:
    every = {"symbolic_directory_paths": ["/*"]}
    assert paths(library.parsed.list(**every, sort_order="descending")) == NEWEST_FIRST
    assert paths(library.parsed.list(**every, sort_order="ascending")) == NEWEST_FIRST[::-1]
    for other in ("global", "up"):
        with pytest.raises(ValueError, match=r"^sort order must be either 'descending' or 'ascending'$"):
            library.parsed.list(**every, sort_order=other)


def test_the_newest_files_are_kept_if_there_are_too_many(library: Library) -> None:
    every = {"symbolic_directory_paths": ["/*"]}
    assert paths(library.parsed.list(**every, max_files=2)) == NEWEST_FIRST[:2]
    assert paths(library.parsed.list(**every, max_files=1, sort_order="ascending")) == [SEA]


@pytest.mark.parametrize("max_files", [0, 10_001, True, "7"])
def test_max_files_is_1_to_10000(library: Library, max_files: int) -> None:
    with pytest.raises(ValueError, match=r"max_files"):
        library.parsed.list(file_names=["sea.txt"], max_files=max_files)


@pytest.mark.parametrize("bound", ["created_at", "last_updated"])
def test_both_ends_of_time_are_included(library: Library, bound: str) -> None:
    (item,) = library.parsed.list(file_names=["sea.txt"])["items"]
    instant, day = item[bound], item[bound][:10]

    for start, end in ((instant, instant), (day, day), (day, None), (None, day)):
        times = {f"{bound}_start": start, f"{bound}_end": end}
        assert SEA in paths(library.parsed.list(**times)), times
    for times in ({f"{bound}_start": "2999-01-01"}, {f"{bound}_end": "2023-01-01"}):
        answer = library.parsed.list(file_names=["sea.txt"], **times)
        assert (answer["items"], answer["message"]) == ([], NOTHING_FOUND)


@pytest.mark.parametrize("argument", ["created_at_start", "created_at_end", "last_updated_start", "last_updated_end"])
def test_a_time_is_a_string_of_two_formats(library: Library, argument: str) -> None:
    for bad in ("01.01.2026", "2026-13-01", "2026-01-01T00:00:00"):
        with pytest.raises(ValueError, match=rf"^{argument}: must be 'YYYY-MM-DD'"):
            library.parsed.list(**{argument: bad})
    with pytest.raises(TypeError):
        library.parsed.list(**{argument: 2026})


@pytest.mark.parametrize("bound", ["created_at", "last_updated"])
def test_a_start_after_the_end_is_refused(library: Library, bound: str) -> None:
    with pytest.raises(ValueError, match=rf"{bound}_start: must not be after {bound}_end"):
        library.parsed.list(**{f"{bound}_start": "2026-01-02", f"{bound}_end": "2026-01-01"})


def test_something_must_be_asked_for(library: Library) -> None:
    for nothing in ({}, {"max_files": 7, "sort_order": "ascending"}, {"file_tags": []}):
        with pytest.raises(ValueError, match=r"^please provide at least one query argument$"):
            library.parsed.list(**nothing)


@pytest.mark.parametrize("name", ["file_ids", "file_names", "symbolic_directory_paths", "symbolic_file_paths"])
def test_a_filter_is_a_list_of_1_to_500_strings(library: Library, name: str) -> None:
    too_many = [str(uuid.uuid4())] * 501
    for bad, kind in (("a.txt", TypeError), ([7], TypeError), ([], ValueError), (["\ud800"], ValueError)):
        with pytest.raises(kind) as caught:
            library.parsed.list(**{name: bad})
        assert isinstance(caught.value, octavo.InvalidArgumentError)
    with pytest.raises(ValueError, match=rf"^{name}: at most 500 are allowed; these are 501$"):
        library.parsed.list(**{name: too_many})


def test_500_ids_are_taken(library: Library) -> None:
    ids = [library.parsed_ids[SEA], *(str(uuid.uuid4()) for _ in range(499))]
    assert paths(library.parsed.list(file_ids=ids)) == [SEA]


@pytest.mark.parametrize("sort_order", ["descending", "ascending"])
def test_all_500_names_may_have_wildcards(library: Library, sort_order: str) -> None:
    names = [f"q{number}*" for number in range(497)]

    answer = library.parsed.list(file_names=["sea.txt", "rai*", *names, "riv*"], sort_order=sort_order)

    found = [RAIN, RIVER, SEA]
    assert paths(answer) == (found if sort_order == "descending" else found[::-1])
    assert answer["warnings"] == [{ZERO_RESULTS: [{"file_names": names}]}]
    answer = library.parsed.list(file_names=["sea.txt", "rai*", *names, "riv*"], sort_order=sort_order, max_files=2)
    assert paths(answer) == (found if sort_order == "descending" else found[::-1])[:2]


def test_what_is_no_file_id_is_refused(library: Library) -> None:
    with pytest.raises(TypeError, match=r"^invalid file_id: "):
        library.parsed.list(file_ids=["7"])


def test_duplicates_are_told_and_found_once(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert paths(library.parsed.list(file_names=["sea.txt", "sea.txt"])) == [SEA]
    warning, info = capsys.readouterr().out.splitlines()
    assert warning == "WARNING: file_names contains duplicate entries - ['sea.txt']"
    assert info.startswith("INFO: ")


def test_a_verbose_list_tells_its_defaults(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    library.parsed.list(file_names=["sea.txt"], verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        "INFO: value of max_files not set by user, setting max_files to default value of 1000.",
        "INFO: sort_order set to descending",
    ]
    library.parsed.list(file_names=["sea.txt"])
    assert capsys.readouterr().out == ""


def test_only_finished_files_are_listed(pipeline: octavo.Pipeline) -> None:
    Path("broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(octavo.JobFailedError):
        pipeline.process(local_file_path="broken.pdf", verbose=False)
    assert pipeline.list(symbolic_directory_paths=["/*"])["items"] == []


def test_files_of_other_pipelines_are_not_listed(pipeline: octavo.Pipeline, library: Library) -> None:
    answer = pipeline.list(file_ids=list(library.parsed_ids.values()), symbolic_directory_paths=["/*"])
    assert answer["items"] == []
