"""What scripts can ask about modules."""

import json
from dataclasses import replace

import pytest

import octavo
from octavo import session
from octavo.facade import known_modules
from octavo.facade.standard_modules import STANDARD_MODULES


def test_the_available_modules_are_sorted_names() -> None:
    assert {"extract", "json-to-txt", "keyword-db", "parser"} <= set(octavo.available_modules)
    assert octavo.available_modules == sorted(octavo.available_modules)


def test_before_init_the_standard_modules_are_told_as_the_server_tells_them() -> None:
    told = known_modules.by_name(is_fresh=True)

    for name, standard in STANDARD_MODULES.items():
        server = told[name]
        for field in ("description", "input_format", "output_format", "input_key", "output_key"):
            assert getattr(server, field) == getattr(standard, field), (name, field)
        assert sorted(server.extensions) == sorted(standard.extensions), name
        assert set(standard.next_modules) <= set(server.next_modules), name
        assert _models(server) == _models(standard)
    session.stop()
    assert octavo.available_modules == sorted(STANDARD_MODULES)


def _models(module: octavo.ModuleInfo) -> list[object]:
    return [
        (model.name, model.description, [replace(param, choices=()) for param in model.params])
        for model in module.models
    ]


def test_a_module_config_has_the_documented_shape() -> None:
    assert json.dumps(octavo.view_module_config(module_name="json-to-txt")) == json.dumps(
        {
            "module_config": {
                "module": {
                    "name": "json-to-txt",
                    "models": [{"name": "base"}],
                    "input": {"type": "json"},
                    "output": {"type": "text"},
                    "defaults": {"model": "base"},
                }
            },
            "input_data_example": {"snippet": "A sentence.", "other": None},
            "output_data_example": "A text of one or more lines.",
        }
    )


def test_a_module_config_tells_params_and_defaults() -> None:
    view = octavo.view_module_config(module_name="parser")

    module = view["module_config"]["module"]
    assert [model["name"] for model in module["models"]] == ["sentence", "fixed"]
    assert module["models"][1]["params"]["chunk_size"] == {"type": "int", "default": 10}
    assert module["defaults"]["model"] == "sentence"
    assert view["input_data_example"] == "A text of one or more lines."
    assert view["output_data_example"] == {"snippet": "A sentence.", "line_numbers": [1], "other": None}


@pytest.mark.parametrize(
    ("module_name", "values"),
    [
        ("parser", ["parser", "text", "json", None, None, "snippet", "<class 'str'>"]),
        ("json-to-txt", ["json-to-txt", "json", "text", "snippet", "<class 'str'>", None, None]),
        ("keyword-db", ["keyword-db", "text", "db", None, None, None, None]),
    ],
)
def test_click_data_tells_what_fits(module_name: str, values: list[str | None]) -> None:
    data = octavo.view_module_click_data(module_name=module_name)
    assert list(data.items()) == list(
        zip(
            [
                "module_name",
                "input_format",
                "output_format",
                "input_process_key",
                "input_process_type",
                "output_process_key",
                "output_process_type",
            ],
            values,
            strict=True,
        )
    )


@pytest.mark.parametrize("call", [octavo.view_module_config, octavo.view_module_click_data])
def test_an_unknown_module_is_refused_with_those_that_exist(call) -> None:
    with pytest.raises(ValueError, match=r"there is no module 'caption'; there are .*'parser'"):
        call(module_name="caption")
    with pytest.raises(TypeError):
        call(module_name=7)
