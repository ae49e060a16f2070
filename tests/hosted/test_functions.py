"""The functions of the module, as scripts of the hosted product call them."""

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import octavo
from octavo import session
from tests.servers import ServerProcess


def test_init_prints_success_and_returns_nothing(
    hosted_server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    octavo.init(api_key="my-key", api_url=f"http://{hosted_server.address}")
    assert capsys.readouterr().out.startswith("SUCCESS: You are now ")
    assert octavo.check_init_data() == {
        "api_key": "my-key",
        "api_url": f"http://{hosted_server.address}",
        "api_check_val": 0,
    }


def test_init_needs_key_and_url() -> None:
    with pytest.raises(ValueError, match=r"^api_key and api_url cannot be None$"):
        octavo.init(api_key=None, api_url=None)  # type: ignore[arg-type]


def test_a_failed_init_raises_and_is_remembered() -> None:
    with pytest.raises(octavo.UnavailableError):
        octavo.init(api_key="k", api_url="127.0.0.1:1")
    assert octavo.check_init_data() == {"api_key": "k", "api_url": "127.0.0.1:1", "api_check_val": 1}


@pytest.mark.parametrize("api_url", ["127.0.0.1:1", "ftp://127.0.0.1:1"])
def test_after_a_failed_init_nothing_goes_on_as_before(pipeline: octavo.Pipeline, api_url: str) -> None:
    with pytest.raises(octavo.OctavoError) as caught:
        octavo.init(api_key="k", api_url=api_url)
    if isinstance(caught.value, octavo.InvalidArgumentError):
        assert (caught.value.field, str(caught.value)[:9]) == ("api_url", "api_url: ")
    for call in (octavo.check_cap, lambda: pipeline.list(file_names=["a.txt"])):
        with pytest.raises(ValueError, match=r"^you are not authenticated"):
            call()


def test_a_pipeline_can_init_too(
    pipeline: octavo.Pipeline, hosted_server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    pipeline.init(api_key="k", api_url=hosted_server.address)
    assert capsys.readouterr().out.startswith("SUCCESS: ")
    assert (pipeline.api_key, pipeline.api_url, pipeline.api_check_val) == ("k", hosted_server.address, 0)


def test_check_init_data_before_init_has_no_values() -> None:
    script = "import octavo; print(octavo.check_init_data())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "{'api_key': None, 'api_url': None, 'api_check_val': None}\n"


def test_a_key_is_checked_by_a_server_that_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = tmp_path / "keys"
    keys.write_text("acme a-key-of-some-length\n")
    with ServerProcess(tmp_path / "guarded", "--api-keys-file", str(keys)) as server:
        with pytest.raises(ValueError, match="key") as caught:
            octavo.init(api_key="a-wrong-key-of-some-length", api_url=server.address)
        assert isinstance(caught.value, octavo.UnauthenticatedError)
        capsys.readouterr()
        octavo.init(api_key="a-key-of-some-length", api_url=server.address)
        assert capsys.readouterr().out == "SUCCESS: You are now authenticated.\n"
        session.stop()


def test_most_works_before_init(text: str, tmp_path: Path, hosted_server: ServerProcess) -> None:
    session.stop()
    name = f"p-{uuid.uuid4()}"
    pipeline = octavo.create_pipeline(name=name, module_chain=["parser", "json-to-txt", "keyword-db"])
    assert pipeline.config["pipeline"]["name"] == name
    pipeline.save_pipeline(config_path="p.yml")
    assert octavo.load_pipeline(config_path="p.yml").config == pipeline.config
    pipeline.test_input(local_file_path=text)
    assert "parser" in octavo.available_modules
    with pytest.raises(ValueError, match=r"^you are not authenticated"):
        pipeline.process(local_file_path=text)
    octavo.init(api_key="any", api_url=hosted_server.address)
    assert pipeline.process(local_file_path=text, verbose=False)["status_code"] == 200


@pytest.mark.parametrize("name", ["x", "Any characters: ü & (64)", "n" * 64])
def test_a_pipeline_has_a_name_of_1_to_64_characters(name: str) -> None:
    assert octavo.create_pipeline(name=name, module_chain=["parser"]).pipeline == name


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (7, TypeError, "name must be a string"),
        ("", ValueError, "pipeline name must have length greater than 0 and less than 65; it has 0"),
        ("n" * 65, ValueError, "pipeline name must have length greater than 0 and less than 65; it has 65"),
        ("a\tb", ValueError, "name: must be printable characters"),
        ("a\u200b", ValueError, "name: must be printable characters"),
    ],
)
def test_other_names_are_refused(name: object, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        octavo.create_pipeline(name=name, module_chain=["parser"])  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, octavo.InvalidArgumentError)


@pytest.mark.parametrize(
    ("module_chain", "kind", "message"),
    [
        ("parser", TypeError, "module_chain must be a list of strings"),
        (["parser", 7], TypeError, "module_chain must be a list of strings"),
        (["caption"], ValueError, "module_chain item - caption - is not "),
        ([], ValueError, "module_chain is empty"),
        (["extract"] * 11, ValueError, "pipelines cannot currently have more than 10 modules"),
        (
            ["parser", "keyword-db"],
            TypeError,
            "format type mismatch between parser - whose output format is json - and keyword-db - whose input format ",
        ),
        (["keyword-db", "parser"], TypeError, "format type mismatch between keyword-db - whose output format is db"),
    ],
)
def test_other_chains_are_refused(module_chain: list[str], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        octavo.create_pipeline(name="p", module_chain=module_chain)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "module",
    ["text-embedder", "vector-db", "ocr", "caption", "summarize", "sentiment", "translate", "transcribe"],
)
def test_modules_of_models_are_refused(module: str) -> None:
    with pytest.raises(
        ValueError,
        match=rf"^module_chain item - {module} - is not one of \['extract'.*; Octavo runs no models, and has",
    ):
        octavo.create_pipeline(name="p", module_chain=[module])


def test_a_chain_has_up_to_ten_modules(new_pipeline: Callable[..., octavo.Pipeline]) -> None:
    chain = ["parser", "json-to-txt"] * 5
    assert new_pipeline(*chain).module_chain == chain


def test_a_name_with_files_of_another_chain_is_refused_by_process_alone(text: str) -> None:
    name = f"p-{uuid.uuid4()}"
    octavo.create_pipeline(name=name, module_chain=["parser"]).process(local_file_path=text, verbose=False)

    other = octavo.create_pipeline(name=name, module_chain=["keyword-db"])

    with pytest.raises(
        ValueError, match=r"BAD REQUEST: you have at least one file on record with the same pipeline name"
    ):
        other.process(local_file_path=text, verbose=False)
    assert len(other.list(symbolic_directory_paths=["/*"])["items"]) == 1
    octavo.reset_pipeline(other)
    assert other.process(local_file_path=text, verbose=False)["status_code"] == 200


def test_files_belong_to_the_name_of_a_pipeline(text: str) -> None:
    name = f"p-{uuid.uuid4()}"
    file_id = octavo.create_pipeline(name=name, module_chain=["parser"]).process(local_file_path=text, verbose=False)[
        "file_id"
    ]

    again = octavo.create_pipeline(name=name, module_chain=["parser"])
    assert [item["file_id"] for item in again.list(file_ids=[file_id])["items"]] == [file_id]
    again.pipeline_name = f"{name} renamed"
    assert again.list(file_ids=[file_id])["message"] == "No items found for input query arguments"


def test_a_saved_pipeline_loads_equal(pipeline: octavo.Pipeline) -> None:
    pipeline.save_pipeline(config_path="p.yaml")
    loaded = octavo.load_pipeline(config_path="p.yaml")
    assert (loaded.config, loaded.pipeline, loaded.module_chain) == (
        pipeline.config,
        pipeline.pipeline,
        pipeline.module_chain,
    )


def test_a_pipeline_loads_from_another_object(pipeline: octavo.Pipeline) -> None:
    assert octavo.load_pipeline(pipeline=pipeline).config == pipeline.config


def test_loading_needs_exactly_one_source(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(ValueError, match=r"^config_path or pipeline must be passed$"):
        octavo.load_pipeline()
    with pytest.raises(ValueError, match=r"^only one of "):
        octavo.load_pipeline(config_path="p.yml", pipeline=pipeline)
    with pytest.raises(TypeError):
        octavo.load_pipeline(pipeline="p")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        octavo.load_pipeline(config_path=7)  # type: ignore[arg-type]


def test_a_config_that_is_not_there_is_both_kinds_of_error() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        octavo.load_pipeline(config_path="nowhere.yml")
    assert isinstance(caught.value, FileExistsError)
    assert isinstance(caught.value, octavo.OctavoError)


@pytest.mark.parametrize(
    ("file_name", "text", "kind"),
    [
        ("p.txt", "pipeline: {}", ValueError),
        ("p.yml", "a: [", yaml.YAMLError),
        ("p.yml", "other: 1", ValueError),
        ("p.yml", "[" * 10_000, ValueError),
        ("p.yml", "pipeline: {modules: []}", ValueError),
        ("p.yml", "pipeline: {name: p}", ValueError),
        ("p.yml", "pipeline: {name: p, modules: [{name: caption}]}", ValueError),
        ("p.yml", "pipeline: {name: p, modules: []}", ValueError),
        ("p.yml", f"# {'x' * 1024 * 1024}", ValueError),
    ],
)
def test_a_config_of_another_shape_is_refused(file_name: str, text: str, kind: type[Exception]) -> None:
    Path(file_name).write_text(text)
    with pytest.raises(kind):
        octavo.load_pipeline(config_path=file_name)


def test_only_the_names_of_a_config_are_read() -> None:
    Path("p.YML").write_text("pipeline: {name: mine, modules: [{name: parser, models: 7}], more: 1}")
    loaded = octavo.load_pipeline(config_path="p.YML")
    assert (loaded.pipeline, loaded.module_chain) == ("mine", ["parser"])
    assert loaded.config["pipeline"]["modules"][0]["models"][0]["name"] == "sentence"


def test_reset_deletes_every_file_and_prints_nothing(
    pipeline: octavo.Pipeline, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.process(local_file_path=text, verbose=False)
    Path("long.txt").write_text("A sentence of five words.\n" * 50_000)
    running = pipeline.process(local_file_path="long.txt", wait_for_process=False, verbose=False)
    capsys.readouterr()
    octavo.reset_pipeline(pipeline)
    octavo.reset_pipeline(pipeline=pipeline)
    assert capsys.readouterr().out == ""
    assert pipeline.list(symbolic_directory_paths=["/*"])["items"] == []
    with pytest.raises(octavo.NotFoundError):
        pipeline.process_status(running["request_id"])


def test_only_process_makes_a_pipeline(pipeline: octavo.Pipeline, text: str) -> None:
    pipeline.pipeline_name = f"{pipeline.pipeline} other"
    listed = pipeline.list(file_names=["a.txt"], symbolic_directory_paths=["/*"])
    assert (listed["message"], listed["items"]) == ("No files were found for the given query arguments", [])
    assert listed["warnings"] == [
        {
            "WARNING: the following arguments returned zero results": [
                {"symbolic_directory_paths": ["/*"]},
                {"file_names": ["a.txt"]},
            ]
        }
    ]
    assert pipeline.show_tree(verbose=False)["items"] == []
    octavo.reset_pipeline(pipeline)
    current = session.current()
    with pytest.raises(octavo.NotFoundError):
        current.run(current.client.get_pipeline(pipeline.pipeline))
    assert pipeline.process(local_file_path=text, verbose=False)["status_code"] == 200


def test_reset_wants_the_pipeline_itself() -> None:
    with pytest.raises(TypeError, match="not a name"):
        octavo.reset_pipeline("p")  # type: ignore[arg-type]


def test_the_version_is_always_there() -> None:
    session.stop()
    assert octavo.version.split(".")[0].isdigit()


def test_the_conversion_directory_is_the_temporary_one() -> None:
    assert octavo.local_conversion_directory == tempfile.gettempdir()


def test_there_is_no_cap() -> None:
    assert list(octavo.check_cap()) == ["status_code", "request_id", "message", "warnings"]
    assert octavo.check_cap()["status_code"] == 200
    session.stop()
    with pytest.raises(ValueError, match=r"you are not authenticated"):
        octavo.check_cap()


@pytest.mark.parametrize(
    "call",
    [
        octavo.init,
        octavo.check_init_data,
        octavo.create_pipeline,
        octavo.load_pipeline,
        octavo.reset_pipeline,
        octavo.view_module_config,
        octavo.view_module_click_data,
        octavo.check_cap,
    ],
)
def test_an_argument_that_does_not_exist_is_refused_first(call: Callable[..., object]) -> None:
    session.stop()
    with pytest.raises(
        TypeError, match=rf"^unexpected keyword argument\(s\) for '{call.__name__}': nonsense; there are"
    ):
        call(nonsense=1)


def test_an_attribute_that_does_not_exist_is_named() -> None:
    with pytest.raises(AttributeError, match=r"module 'octavo' has no attribute 'nonsense'"):
        octavo.nonsense  # noqa: B018 # That it raises is the point.
