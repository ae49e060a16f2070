"""What `view_module_config`, `view_module_click_data` and a pipeline's `config` tell of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo.facade import known_modules
from octavo.facade.formats import hosted_format
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from octavo.catalog import ModelInfo, ModuleInfo

TEXT_EXAMPLE = "A text of one or more lines."
DATABASE_EXAMPLE = "An SQLite file with the table keyword_search."
VALUE_TYPE = str(str)
"""What every process key of a standard module holds."""


def named(module_name: object) -> ModuleInfo:
    """The module. Raises InvalidTypeError, InvalidArgumentError."""
    if not isinstance(module_name, str):
        raise wrong_type("module_name", "module_name must be a string")
    modules = known_modules.by_name(is_fresh=True)
    if module_name not in modules:
        raise refused("module_name", f"module_name: there is no module {module_name!r}; there are {sorted(modules)}")
    return modules[module_name]


def config(module: ModuleInfo) -> dict[str, Any]:
    """`module_config`, `input_data_example`, `output_data_example`."""
    return {
        "module_config": {
            "module": {
                "name": module.name,
                "models": models(module),
                "input": {"type": hosted_format(module.input_format)},
                "output": {"type": hosted_format(module.output_format)},
                "defaults": defaults(module),
            }
        },
        "input_data_example": _example(hosted_format(module.input_format), module.input_key, lines=False),
        "output_data_example": _example(
            hosted_format(module.output_format), module.output_key, lines=not module.input_key
        ),
    }


def click_data(module: ModuleInfo) -> dict[str, str | None]:
    """What decides which module can follow which."""
    return {
        "module_name": module.name,
        "input_format": hosted_format(module.input_format),
        "output_format": hosted_format(module.output_format),
        "input_process_key": module.input_key or None,
        "input_process_type": VALUE_TYPE if module.input_key else None,
        "output_process_key": module.output_key or None,
        "output_process_type": VALUE_TYPE if module.output_key else None,
    }


def models(module: ModuleInfo) -> list[dict[str, Any]]:
    """`[{"name": "fixed", "params": {"chunk_size": {"type": "int", "default": 10}}}]`; no `params` if it has none."""
    return [_model(model) for model in module.models]


def defaults(module: ModuleInfo) -> dict[str, Any]:
    """What runs if nothing is chosen: `{"model": "sentence"}`, and its `params` if it has any."""
    params = default_params(module.models[0])
    return {"model": module.models[0].name, **({"params": params} if params else {})}


def default_params(model: ModelInfo) -> dict[str, Any]:
    """Each param's value when left out."""
    return {param.name: param.default for param in model.params}


def _model(model: ModelInfo) -> dict[str, Any]:
    params = {param.name: {"type": type(param.default).__name__, "default": param.default} for param in model.params}
    return {"name": model.name, **({"params": params} if params else {})}


def _example(data_format: str, key: str, *, lines: bool) -> Any:
    if data_format == "json":
        return {key or "snippet": "A sentence.", **({"line_numbers": [1]} if lines else {}), "other": None}
    return {"text": TEXT_EXAMPLE, "db": DATABASE_EXAMPLE}.get(data_format)
