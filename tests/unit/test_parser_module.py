"""What the module `parser` offers and takes."""

import subprocess
import sys

import pytest

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.modules import Format, check_file_type, valid_params
from octavo_server.modules import MODULES, module_specs
from octavo_server.modules.parser import FIXED, SENTENCE

PARSER = module_specs(has_tika_server=True)["parser"]


def test_sentence_is_the_default_model_and_has_no_windows() -> None:
    assert PARSER.model("", field="model") is SENTENCE
    with pytest.raises(InvalidArgumentError, match="it has extractor"):
        valid_params(SENTENCE, {"chunk_size": 1}, field="params")


def test_fixed_has_windows_of_ten_words_that_share_two() -> None:
    assert valid_params(FIXED, {}, field="params") == {"chunk_size": 10, "overlap_size": 2, "extractor": "auto"}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"chunk_size": 0}, "params.chunk_size"),
        ({"overlap_size": -1}, "params.overlap_size"),
        ({"chunk_size": 5, "overlap_size": 5}, "params.overlap_size"),
        ({"chunk_size": 2}, "params.overlap_size"),
        ({"chunk_size": 1_000_000}, "params.chunk_size"),
    ],
)
def test_params_that_make_no_windows_are_refused(params: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidArgumentError) as refusal:
        valid_params(FIXED, params, field="params")

    assert refusal.value.violation.field == field


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.docx", "a.xml", "a.eml", "a.html", "a.epub", "a.tgz", "a.py"])
def test_documents_are_taken(name: str) -> None:
    check_file_type(PARSER, name)


@pytest.mark.parametrize("name", ["a.png", "a.mp3", "a.exe", "a"])
def test_what_holds_no_text_is_not_taken(name: str) -> None:
    with pytest.raises(InvalidArgumentError):
        check_file_type(PARSER, name)


def test_it_reads_documents_and_writes_json() -> None:
    assert (PARSER.input_format, PARSER.output_format) == (Format.DOCUMENT, Format.JSON)
    assert set(MODULES) == {"parser", "extract", "json-to-txt", "keyword-db"}
    assert (PARSER.input_key, PARSER.output_key) == ("", "snippet")


def test_importing_the_modules_loads_no_extraction_library() -> None:
    libraries = {"punkt", "pypdfium2", "iscc_tika", "xberg", "selectolax", "lxml", "spacy_lookups_data"}
    script = f"import sys, octavo_server.modules; print({libraries} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
