"""What a pipeline tells and does without its files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import octavo
from octavo import session
from tests import documents


def test_a_pipeline_tells_its_name_and_chain(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    pipeline = new_pipeline("parser", "json-to-txt", "keyword-db")

    assert pipeline.module_chain == ["parser", "json-to-txt", "keyword-db"]
    assert (pipeline.first_module, pipeline.last_module) == ("parser", "keyword-db")
    assert pipeline.pipeline == pipeline.pipeline_name
    assert pipeline.pipeline_output_process_keys == ["snippet", None, None]
    assert pipeline.version == octavo.version
    assert pipeline.api_key == "any"
    assert pipeline.api_url == octavo.check_init_data()["api_url"]
    assert pipeline.api_check_val == 0


def test_a_pipeline_can_be_renamed(pipeline: octavo.Pipeline) -> None:
    pipeline.pipeline_name = "other"
    assert (pipeline.pipeline, pipeline.config["pipeline"]["name"]) == ("other", "other")
    with pytest.raises(ValueError, match=r"pipeline name must have length"):
        pipeline.pipeline_name = ""


def test_a_config_has_the_documented_shape() -> None:
    config = octavo.create_pipeline(name="shelf-words", module_chain=["json-to-txt"]).config

    assert json.dumps(config) == json.dumps(
        {
            "pipeline": {
                "name": "shelf-words",
                "modules": [
                    {
                        "name": "json-to-txt",
                        "models": [{"name": "base"}],
                        "defaults": {"model": "base"},
                        "input": {"type": "json", "permitted_extensions": [".json"]},
                        "output": {"type": "text"},
                    }
                ],
            }
        }
    )


def test_the_params_of_a_model_are_in_the_config(pipeline: octavo.Pipeline) -> None:
    (module,) = pipeline.config["pipeline"]["modules"]

    fixed = next(model for model in module["models"] if model["name"] == "fixed")
    assert fixed["params"]["chunk_size"] == {"type": "int", "default": 10}
    assert fixed["params"]["overlap_size"] == {"type": "int", "default": 2}
    assert {".txt", ".pdf", ".docx", ".pptx"} <= set(module["input"]["permitted_extensions"])
    assert (module["input"]["type"], module["output"]["type"]) == ("text", "json")


def test_a_config_is_saved_as_yaml_in_its_order() -> None:
    pipeline = octavo.create_pipeline(name="shelf-words", module_chain=["json-to-txt"])
    Path("p.yml").write_text("what was there")

    assert pipeline.save_pipeline(config_path="p.yml") is None  # type: ignore[func-returns-value]

    assert Path("p.yml").read_text() == (
        "pipeline:\n  name: shelf-words\n  modules:\n  - name: json-to-txt\n    models:\n    - name: base\n"
        "    defaults:\n      model: base\n    input:\n      type: json\n      permitted_extensions:\n      - .json\n"
        "    output:\n      type: text\n"
    )
    assert yaml.safe_load(Path("p.yml").read_text()) == pipeline.config


@pytest.mark.parametrize(
    ("config_path", "kind"),
    [("p.txt", ValueError), ("p.YML", ValueError), (7, ValueError), ("nowhere/p.yml", FileNotFoundError)],
)
def test_a_config_is_not_saved_elsewhere(pipeline: octavo.Pipeline, config_path: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        pipeline.save_pipeline(config_path=config_path)


def test_a_fitting_input_passes(pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    pipeline.test_input(local_file_path=text)
    assert capsys.readouterr().out == f"SUCCESS: local file '{text}' passed pipeline input test\n"


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", documents.pdf(["Hello."])), ("a.docx", documents.word(["Hi."]))]
)
def test_documents_pass_too(pipeline: octavo.Pipeline, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    pipeline.test_input(local_file_path=name)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "x", "file extension '.txt' does not match the expected input format json"),
        ("a.xyz", "x", "invalid file extension: '.xyz'"),
        ("a.json", "{", "FAILURE: loading json file: "),
        ("a.json", '["x"]', "FAILURE: input data must be a list of dictionaries"),
        ("a.json", "[]", "FAILURE: input data must be a list of dictionaries"),
        ("a.json", '[{"text": "x"}]', "FAILURE: required process_key snippet not found in data"),
        ("a.json", "", "input file size is 0 bytes"),
        ("a.json", "[" * 100_000, "FAILURE: loading json file: lists or objects are nested too deeply"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(
    new_pipeline: Callable[..., octavo.Pipeline], name: str, content: str, message: str
) -> None:
    Path(name).write_text(content)
    pipeline = new_pipeline("json-to-txt")
    for call in (pipeline.test_input, pipeline.process):
        with pytest.raises(octavo.InvalidArgumentError) as caught:
            call(local_file_path=name)
        assert str(caught.value).startswith(message)


def test_json_is_read_as_the_server_reads_it(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    pipeline = new_pipeline("json-to-txt")
    Path("a.json").write_text('\ufeff[{"snippet": "One.", "number": %s}]' % ("1" * 5_000))
    pipeline.test_input(local_file_path="a.json")
    assert pipeline.process(local_file_path="a.json", verbose=False)["status_code"] == 200
    Path("a.json").write_text('[{"snippet": "One."}]', encoding="utf-16")
    with pytest.raises(ValueError, match=r"^FAILURE: loading json file: byte 0 is not UTF-8$"):
        pipeline.test_input(local_file_path="a.json")


def test_an_input_that_is_not_there_is_refused(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        new_pipeline("json-to-txt").test_input(local_file_path="nowhere.json")
    assert isinstance(caught.value, ValueError)


def test_other_attributes_are_named(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(AttributeError, match=r"^pipelines do not have the attribute 'x'$"):
        pipeline.x  # noqa: B018 # That it raises is the point.


@pytest.mark.parametrize(("search", "module"), [("keyword_search", "keyword-db"), ("semantic_search", "vector-db")])
def test_searches_are_there_only_after_their_module(pipeline: octavo.Pipeline, search: str, module: str) -> None:
    assert not hasattr(pipeline, search)
    with pytest.raises(AttributeError) as caught:
        getattr(pipeline, search)
    assert str(caught.value).startswith(
        f"your pipeline has no attribute '{search}' because its module_chain does not end with {module}: - ['parser']"
    )
    assert str(caught.value).endswith("; Octavo runs no models, so no pipeline has vectors to search") == (
        search == "semantic_search"
    )


@pytest.mark.parametrize(
    "method",
    [
        "process",
        "process_status",
        "list",
        "update",
        "delete",
        "fetch_output",
        "show_tree",
        "test_input",
        "save_pipeline",
        "keyword_search",
    ],
)
def test_an_unknown_argument_of_a_method_is_refused_first(
    new_pipeline: Callable[..., octavo.Pipeline], method: str
) -> None:
    call = getattr(new_pipeline("keyword-db"), method)
    with pytest.raises(TypeError) as caught:
        call(nonsense=1)
    assert str(caught.value).startswith(f"unexpected keyword argument(s) for '{method}': nonsense; there are ")


def test_the_login_is_checked_second(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    pipeline = new_pipeline("keyword-db")
    session.stop()
    calls: dict[str, dict[str, object]] = {
        "process": {"verbose": 7},
        "process_status": {"request_id": 7},
        "list": {"verbose": 7},
        "update": {},
        "delete": {},
        "fetch_output": {},
        "show_tree": {"verbose": 7},
        "keyword_search": {},
    }
    for method, arguments in calls.items():
        with pytest.raises(ValueError, match=r"^you are not authenticated"):
            getattr(pipeline, method)(**arguments)


def test_arguments_have_no_position(pipeline: octavo.Pipeline, text: str) -> None:
    for method in ("process", "list", "update", "delete", "fetch_output", "show_tree", "test_input"):
        with pytest.raises(TypeError):
            getattr(pipeline, method)(text)
