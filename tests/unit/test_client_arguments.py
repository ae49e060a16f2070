from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

import octavo
from octavo import arguments
from octavo.errors import invalid_argument
from octavo.facade.chains import valid_chain
from octavo.facade.module_choices import check_params, module_keys, valid_choices
from octavo.facade.refusals import in_hosted_words
from octavo.facade.standard_modules import STANDARD_MODULES


@pytest.fixture
def pipeline() -> octavo.Pipeline:
    return octavo.Pipeline(name="p", module_chain=("parser",))


def test_an_unknown_argument_is_told_with_those_that_exist(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(
        TypeError, match=r"unexpected keyword argument\(s\) for 'process': locl_file_path; there are "
    ) as e:
        pipeline.process(locl_file_path="a.txt")  # type: ignore[call-arg]
    assert "local_file_path" in str(e.value)
    assert "self" not in str(e.value)


def test_arguments_by_position_are_refused_with_those_that_exist(pipeline: octavo.Pipeline) -> None:
    with pytest.raises(TypeError, match="its arguments are local_file_path"):
        pipeline.process("a.txt")  # type: ignore[misc]


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match="missing a required argument: 'module_chain'"):
        octavo.create_pipeline(name="p")  # type: ignore[call-arg]


def test_a_flag_must_be_a_boolean() -> None:
    with pytest.raises(TypeError, match="verbose must be a boolean"):
        arguments.check_flags(wait_for_process=True, verbose=1)


def test_a_document_must_be_an_existing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file"):
        arguments.valid_file(tmp_path / "a.txt")
    with pytest.raises(IsADirectoryError) as caught:
        arguments.valid_file(tmp_path)
    assert isinstance(caught.value, octavo.InvalidArgumentError)
    with pytest.raises(ValueError, match="local_file_path cannot be empty"):
        arguments.valid_file(None)
    with pytest.raises(TypeError):
        arguments.valid_file(7)  # type: ignore[arg-type]


def test_a_directory_to_save_in_must_exist(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert arguments.valid_directory(str(tmp_path)) == str(tmp_path)
    assert arguments.valid_directory(None) == str(Path.cwd())
    with pytest.raises(FileNotFoundError):
        arguments.valid_directory(tmp_path / "nowhere")
    with pytest.raises(NotADirectoryError) as caught:
        arguments.valid_directory(tmp_path / "file")
    assert isinstance(caught.value, octavo.InvalidArgumentError)
    with pytest.raises(ValueError, match="local_save_directory: must not be empty"):
        arguments.valid_directory("")
    with pytest.raises(TypeError):
        arguments.valid_directory(7)  # type: ignore[arg-type]


@pytest.mark.parametrize("expire_time", [True, 1.5, "600"])
def test_expire_time_must_be_whole_seconds(expire_time: object) -> None:
    with pytest.raises(ValueError, match="expire_time: must be a whole number of seconds"):
        arguments.valid_seconds(expire_time)


@pytest.mark.parametrize("expire_time", [0, 2_592_001, 10**30, pytest.param(10**5_000, id="too long to be written")])
def test_expire_time_is_within_30_days(expire_time: int) -> None:
    with pytest.raises(ValueError, match=r"^expire_time: must be 1 to 2592000 seconds; .* is not$"):
        arguments.valid_seconds(expire_time)


def test_half_a_character_is_no_text() -> None:
    with pytest.raises(octavo.InvalidArgumentError, match=r"^file_name: .* is no text") as caught:
        arguments.check_texts(file_name="a\ud800")
    assert caught.value.field == "file_name"
    with pytest.raises(octavo.InvalidArgumentError, match="is no text"):
        arguments.valid_tags([{"a": "\ud800"}])


@pytest.mark.parametrize(
    ("field", "told", "argument"),
    [
        ("expire_after", "expire_time: must be so", "expire_time"),
        ("content", "local_file_path: must be so", "local_file_path"),
        ("query.file_tags[1].key", "file_tags[1].key: must be so", "file_tags[1].key"),
        ("query.file_names[0]", "invalid file_name: file_names[0]: must be so", "file_names[0]"),
        ("file_name", "invalid file_name: must be so", None),
        ("modules.parser.model", "model: must be one of ['fixed'] - modules.parser.model: must be so", None),
        ("pipeline", "pipeline: must be so", None),
    ],
)
def test_a_refusal_names_what_the_caller_wrote(field: str, told: str, argument: str | None) -> None:
    error = in_hosted_words(invalid_argument(field, "must be so"), {"parser": ["fixed"]})
    assert (str(error), error.field) == (
        told,
        argument or field,
    )


def test_tags_become_pairs() -> None:
    assert arguments.valid_tags([{"Author": "Orwell"}, {"author": "b"}]) == [("Author", "Orwell"), ("author", "b")]
    assert arguments.valid_tags(None) == []


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("author", TypeError),
        (["author"], TypeError),
        ([{"author": 7}], TypeError),
        ([{"a": "1", "b": "2"}], ValueError),
        ([{}], ValueError),
    ],
)
def test_tags_that_are_no_pairs_are_refused(tags: object, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="file_tags"):
        arguments.valid_tags(tags)


def test_labels_by_position_become_module_keys() -> None:
    chain = ["parser", "join", "parser"]

    assert module_keys(chain) == ["parser", "join", "parser_2"]
    assert valid_choices({"module_3": {"model": "fixed"}}, chain) == {"parser_2": {"model": "fixed"}}
    assert valid_choices({"join": {}}, chain) == {"join": {}}
    assert valid_choices(None, chain) == {}


def test_any_mapping_chooses() -> None:
    choices = MappingProxyType({"parser": MappingProxyType({"params": MappingProxyType({"chunk_size": 5})})})
    assert valid_choices(choices, ["parser"]) == {"parser": {"params": {"chunk_size": 5}}}


@pytest.mark.parametrize("value", ["5", 5.0, True, None])
def test_a_param_has_the_type_of_its_default(value: object) -> None:
    choices = {"parser": {"model": "fixed", "params": {"chunk_size": value}}}
    with pytest.raises(TypeError, match=r"^modules\.parser\.params\.chunk_size: must be a whole number; ") as caught:
        check_params(choices, [STANDARD_MODULES["parser"]])
    assert isinstance(caught.value, octavo.InvalidArgumentError)


def test_a_param_that_no_request_can_hold_is_refused() -> None:
    choices = {"parser": {"model": "fixed", "params": {"chunk_size": 10**400}}}
    with pytest.raises(ValueError, match=r"chunk_size: must be 1 to 10000"):
        check_params(choices, [STANDARD_MODULES["parser"]])


def test_labels_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="not both"):
        valid_choices({"parser": {}, "module_2": {}}, ["parser", "join"])


@pytest.mark.parametrize("modules", ["fixed", {"parser": "fixed"}])
def test_modules_must_be_a_dict_of_dicts(modules: object) -> None:
    with pytest.raises(TypeError, match="dict of dicts"):
        valid_choices(modules, ["parser"])


def test_a_chain_whose_keys_differ_is_refused_by_its_keys() -> None:
    mine = replace(STANDARD_MODULES["parser"], name="mine", output_key="word", next_modules=())

    with pytest.raises(TypeError, match="between mine - whose output process key is word - and json-to-txt - whose"):
        valid_chain(["mine", "json-to-txt"], {**STANDARD_MODULES, "mine": mine})


def test_a_chain_must_be_a_list_of_names() -> None:
    with pytest.raises(TypeError, match="module_chain must be a list"):
        octavo.create_pipeline(name="p", module_chain="parser")
    with pytest.raises(TypeError, match="name must be"):
        octavo.create_pipeline(name=7, module_chain=["parser"])  # type: ignore[arg-type]


def test_a_pipeline_needs_no_connection_until_the_server_is_called(pipeline: octavo.Pipeline) -> None:
    named = octavo.create_pipeline(name="p", module_chain=["parser"])
    assert (named.pipeline, named.module_chain) == ("p", ["parser"])
    with pytest.raises(octavo.NotInitializedError, match=r"you are not authenticated: call octavo\.init") as caught:
        pipeline.list(symbolic_directory_paths=["/*"])
    assert isinstance(caught.value, ValueError)
    assert caught.value.reason == "NOT_INITIALIZED"


def test_init_needs_both_arguments() -> None:
    with pytest.raises(ValueError, match="api_key and api_url cannot be None"):
        octavo.init(api_key=None, api_url="x")  # type: ignore[arg-type]


def test_an_api_key_that_no_header_can_hold_is_refused() -> None:
    with pytest.raises(octavo.InvalidArgumentError, match="printable ASCII"):
        octavo.init(api_key="a\nb", api_url="127.0.0.1:1")


def test_init_without_a_server_raises() -> None:
    with pytest.raises(octavo.UnavailableError, match=r"no server at 127\.0\.0\.1:1"):
        octavo.init(api_key="k", api_url="http://127.0.0.1:1")
