"""`keyword_search` with each of its arguments, as scripts of the hosted product call it."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import octavo
from octavo.facade import selecting
from octavo.facade.search_answers import OMITTED, UNSEARCHABLE
from tests.hosted.library import RAIN, RIVER, ROOT, SEA, Library

EVERYWHERE = {"symbolic_directory_paths": ["/*"]}
NO_RESULTS = "WARNING: the following file_ids returned no results for the given query"
STOP_WORDS = (
    "WARNING: the following words in the query are in the stop_words list and thus no results will be returned for them"
)


def found(library: Library, **arguments: Any) -> list[str]:
    paths = {file_id: path for path, file_id in library.searched_ids.items()}
    return [paths[item["file_id"]] for item in library.searched.keyword_search(**arguments)["items"]]


def test_a_search_has_five_keys_and_finds_singular_and_plural(library: Library) -> None:
    ids = library.searched_ids

    answer = library.searched.keyword_search(query="ship", symbolic_directory_paths=["/stories*"])

    river, sea = answer["items"]
    assert list(answer.items()) == [
        ("status_code", 200),
        ("request_id", str(uuid.UUID(answer["request_id"]))),
        ("message", "Successfully queried 2 user files."),
        ("warnings", []),
        ("items", [river, sea]),
    ]
    assert list(sea.items()) == [
        ("file_id", ids[SEA]),
        (
            "file_metadata",
            {
                "file_name": "sea.txt",
                "symbolic_directory_path": "/stories",
                "file_tags": [{"author": "conrad"}],
                "num_lines": 2,
                "created_at": sea["file_metadata"]["created_at"],
                "last_updated": sea["file_metadata"]["created_at"],
            },
        ),
        ("search_results", [{"keyword": "ships", "line_number": 2, "keyword_number": 2}]),
    ]
    assert list(sea["file_metadata"]) == [
        "file_name",
        "symbolic_directory_path",
        "file_tags",
        "num_lines",
        "created_at",
        "last_updated",
    ]
    assert river["search_results"] == [{"keyword": "ship", "line_number": 1, "keyword_number": 5}]


def test_any_word_of_the_query_is_found_in_the_order_of_the_text(library: Library) -> None:
    answer = library.searched.keyword_search(query="Raft, SHIP river-bank!", file_names=["river.txt"])
    assert answer["items"][0]["search_results"] == [
        {"keyword": "river", "line_number": 1, "keyword_number": 2},
        {"keyword": "ship", "line_number": 1, "keyword_number": 5},
        {"keyword": "raft", "line_number": 3, "keyword_number": 2},
    ]
    assert answer["message"] == "Successfully queried 1 user file."


def test_a_word_twice_at_one_place_is_one_result(library: Library) -> None:
    (item,) = library.searched.keyword_search(query="hush", file_names=["rain.txt"])["items"]
    assert item["search_results"] == [{"keyword": "hush", "line_number": 1, "keyword_number": 2}]


def test_files_without_hits_are_in_a_warning(library: Library) -> None:
    ids = library.searched_ids

    answer = library.searched.keyword_search(query="ship", **EVERYWHERE)
    assert answer["message"] == (
        "Successfully queried the first 2 user files out of 4 defined by input query arguments."
    )
    assert answer["warnings"] == [{NO_RESULTS: [ids[ROOT], ids[RAIN]]}]
    answer = library.searched.keyword_search(query="rain", **EVERYWHERE)
    assert answer["message"] == "Successfully queried the first 1 user file out of 4 defined by input query arguments."


def test_no_hits_at_all_have_an_empty_message(library: Library) -> None:
    answer = library.searched.keyword_search(query="zebra", file_names=["sea.txt"])
    assert (answer["status_code"], answer["message"], answer["items"]) == (200, "", [])
    assert answer["warnings"] == [{NO_RESULTS: [library.searched_ids[SEA]]}]


def test_no_files_are_told(library: Library) -> None:
    answer = library.searched.keyword_search(query="ship", file_names=["q*"])
    assert (answer["message"], answer["items"]) == ("No files were found for the given query arguments", [])
    assert answer["warnings"] == [{"WARNING: the following arguments returned zero results": [{"file_names": ["q*"]}]}]


def test_stop_words_are_told_in_the_order_of_the_query(library: Library) -> None:
    answer = library.searched.keyword_search(query="the ship of the sea", file_names=["sea.txt"])
    assert answer["warnings"] == [{STOP_WORDS: ["the", "of", "the"]}]
    assert [hit["keyword"] for hit in answer["items"][0]["search_results"]] == ["sea", "ships"]


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        ({"file_names": ["sea.txt"]}, [SEA]),
        ({"symbolic_directory_paths": ["/stories/*"]}, [RIVER]),
        ({"symbolic_file_paths": [SEA]}, [SEA]),
        ({"file_tags": [{"author": "*"}]}, [RIVER, SEA]),
        ({"created_at_start": "2026-01-01"}, [RIVER, SEA]),
        ({"created_at_end": "2023-01-01"}, []),
        ({"last_updated_start": "2026-01-01"}, [RIVER, SEA]),
        ({"last_updated_end": "2023-01-01"}, []),
        ({**EVERYWHERE, "sort_order": "ascending"}, [SEA, RIVER]),
    ],
)
def test_a_search_has_the_filters_of_list(library: Library, filters: dict[str, Any], paths: list[str]) -> None:
    assert found(library, query="ship", **filters) == paths


def test_a_search_by_ids_finds_these_files(library: Library) -> None:
    assert found(library, query="ship", file_ids=[library.searched_ids[SEA]]) == [SEA]


def test_all_500_filters_of_a_search_may_have_wildcards(library: Library) -> None:
    names = ["sea*", *(f"q{number}*" for number in range(498)), "riv*"]
    assert found(library, query="ship", file_names=names) == [RIVER, SEA]
    assert found(library, query="ship", file_names=names, max_files=1) == [RIVER]


def test_max_files_limits_the_files_searched(library: Library) -> None:
    ids = library.searched_ids
    answer = library.searched.keyword_search(query="ship", **EVERYWHERE, max_files=2)
    assert (answer["message"], answer["items"]) == ("", [])
    assert answer["warnings"] == [{NO_RESULTS: [ids[ROOT], ids[RAIN]]}]
    assert found(library, query="ship", **EVERYWHERE, max_files=3) == [RIVER]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (EVERYWHERE, ValueError, "query is empty - please enter a query"),
        ({"query": "", **EVERYWHERE}, ValueError, "invalid query: length is less than "),
        ({"query": " a ", **EVERYWHERE}, ValueError, "invalid query: length is less than "),
        ({"query": "a" * 257, **EVERYWHERE}, ValueError, "invalid query: length is greater than 256"),
        ({"query": 7, **EVERYWHERE}, TypeError, "query must be a string"),
        ({"query": "ship"}, ValueError, "please provide at least one query argument"),
        (
            {"query": "ship", **EVERYWHERE, "sort_order": "global"},
            ValueError,
            "sort order must be either 'descending' or 'ascending'",
        ),
        ({"query": "ship", **EVERYWHERE, "verbose": 1}, TypeError, "verbose must be a boolean"),
        ({"query": "ship", **EVERYWHERE, "max_files": 0}, ValueError, "max_files: must be 1 to 10000"),
    ],
)
def test_a_bad_search_is_refused(
    library: Library, arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        library.searched.keyword_search(**arguments)
    assert str(caught.value).startswith(message)


def test_words_that_no_index_holds_are_told(library: Library) -> None:
    answer = library.searched.keyword_search(query="привет ship", file_names=["sea.txt"])
    assert answer["warnings"] == [{UNSEARCHABLE: ["привет"]}]


def test_an_answer_tells_so_many_hits_and_counts_the_others(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "HITS_MAX", 1)
    answer = library.searched.keyword_search(query="ship", symbolic_directory_paths=["/stories*"])
    assert [len(item["search_results"]) for item in answer["items"]] == [1, 0]
    assert answer["warnings"] == [{OMITTED: {library.searched_ids[SEA]: 1}}]


def test_a_file_of_many_hits_tells_the_first_10000(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    Path("ships.txt").write_text("ship\n" * 10_001)
    pipeline = new_pipeline("keyword-db")
    file_id = pipeline.process(local_file_path="ships.txt", verbose=False, download_output=False)["file_id"]

    answer = pipeline.keyword_search(query="ship", file_ids=[file_id])

    assert len(answer["items"][0]["search_results"]) == 10_000
    assert answer["warnings"] == [{OMITTED: {file_id: 1}}]


def test_a_search_before_the_first_process_finds_nothing(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    pipeline = new_pipeline("keyword-db")
    pipeline.pipeline_name = f"{pipeline.pipeline} other"
    answer = pipeline.keyword_search(query="ship", **EVERYWHERE)
    assert (answer["message"], answer["items"]) == ("No files were found for the given query arguments", [])


def test_a_verbose_search_tells_its_defaults(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    library.searched.keyword_search(query="ship", **EVERYWHERE, verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        "INFO: value of max_files not set by user, setting max_files to default value of 1000.",
        "INFO: sort_order is set to descending.",
    ]


def test_a_chain_that_ends_in_keyword_db_can_be_searched(text: str) -> None:
    pipeline = octavo.create_pipeline(name=f"p-{uuid.uuid4()}", module_chain=["parser", "json-to-txt", "keyword-db"])
    file_id = pipeline.process(local_file_path=text, verbose=False)["file_id"]

    (item,) = pipeline.keyword_search(query="kettles", file_ids=[file_id])["items"]

    assert item["search_results"] == [{"keyword": "kettle", "line_number": 1, "keyword_number": 2}]
