"""The argument `modules` of `process`: which model and params each module runs with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from octavo.arguments import valid_text
from octavo.facade import module_views
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.catalog import ModelInfo, ModuleInfo, ParamInfo

FIELD = "modules"
CHOICE_KEYS = ("model", "params")
PARAM_BITS_MAX = 53
"""A request holds no larger whole number exactly."""
TYPES: Mapping[type, str] = MappingProxyType(
    {int: "a whole number", float: "a number", str: "a string", bool: "True or False"}
)


def valid_choices(modules: object, module_chain: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """Choices by module key, as `process_status` has it; labels by position, `module_1` and so on, become keys.

    Raises InvalidTypeError, InvalidArgumentError. Models and params are the server's to check.
    """
    if modules is None:
        return {}
    if not isinstance(modules, Mapping) or not all(isinstance(choice, Mapping) for choice in modules.values()):
        raise wrong_type(FIELD, 'modules must be a dict of dicts, e.g. {"parser": {"model": "sentence", "params": {}}}')
    keys = module_keys(module_chain)
    by_position: dict[object, str] = {f"module_{index}": key for index, key in enumerate(keys, start=1)}
    if len(modules) > len(keys):
        raise refused(FIELD, f"modules: has {len(modules)} labels, and the pipeline {len(keys)} modules")
    positional = [label for label in modules if label in by_position]
    if positional and len(positional) < len(modules):
        raise refused(FIELD, "modules: labels are module names or module_1, module_2, ...; not both")
    choices = {by_position.get(label, str(label)): choice for label, choice in modules.items()}
    for key, choice in choices.items():
        _check(key, choice, keys)
    return {key: _plain(choice) for key, choice in choices.items()}


def _plain(choice: Mapping[str, Any]) -> dict[str, Any]:
    # A request takes dicts only.
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in choice.items()}


def check_params(choices: Mapping[str, Mapping[str, Any]], modules: Sequence[ModuleInfo]) -> None:
    """Raises InvalidTypeError for a param of another type than its default. Its bounds are the server's to check."""
    keys = module_keys([module.name for module in modules])
    for key, module in zip(keys, modules, strict=True):
        choice = choices.get(key, {})
        model = _model(module, choice.get("model") or "")
        known = {param.name: param for param in model.params} if model else {}
        for name, value in (choice.get("params") or {}).items():
            if name in known:
                _check_param(f"modules.{key}.params.{name}", value, known[name])


def _model(module: ModuleInfo, name: str) -> ModelInfo | None:
    if not name:
        return module.models[0]
    return next((model for model in module.models if model.name == name), None)


def _check_param(field: str, value: object, param: ParamInfo) -> None:
    wanted = type(param.default)
    if wanted is float and type(value) is int:
        return
    if type(value) is not wanted:
        raise wrong_type(field, f"{field}: must be {TYPES.get(wanted, wanted.__name__)}; {value!r} is not")
    if isinstance(value, int) and value.bit_length() > PARAM_BITS_MAX:
        raise refused(field, f"{field}: must be {param.minimum} to {param.maximum}; it has {value.bit_length()} bits")
    if isinstance(value, str):
        valid_text(field, value)


def _check(key: object, choice: Mapping[str, object], keys: Sequence[str]) -> None:
    if key not in keys:
        raise refused(FIELD, f"modules: the pipeline has no module {key!r}; it has {', '.join(keys)}")
    unknown = [name for name in choice if name not in CHOICE_KEYS]
    if unknown:
        raise refused(
            FIELD,
            f"a module's model selection must have only two keys: model, params - {key} has {unknown[0]!r}",
        )
    if not isinstance(choice.get("model", ""), str) or not isinstance(choice.get("params", {}), Mapping):
        raise wrong_type(FIELD, f"modules: the model of {key} must be a string, and its params a dict")
    valid_text(f"modules.{key}.model", choice.get("model", ""))


def hydrated(choices: Mapping[str, Mapping[str, Any]], modules: Sequence[ModuleInfo]) -> dict[str, dict[str, Any]]:
    """All choices, defaults filled in, by position: `{"module_1": {"model": "sentence", "params": {}}}`."""
    keys = module_keys([module.name for module in modules])
    filled = {}
    for index, (key, module) in enumerate(zip(keys, modules, strict=True), start=1):
        choice = choices.get(key, {})
        name = choice.get("model") or module.models[0].name
        known = {model.name: module_views.default_params(model) for model in module.models}
        filled[f"module_{index}"] = {"model": name, "params": {**known.get(name, {}), **(choice.get("params") or {})}}
    return filled


def models_by_key(modules: Sequence[ModuleInfo]) -> dict[str, list[str]]:
    """The models of each module of a chain, by its key in `process_status`."""
    keys = module_keys([module.name for module in modules])
    return {key: [model.name for model in module.models] for key, module in zip(keys, modules, strict=True)}


def module_keys(module_chain: Sequence[str]) -> list[str]:
    """The key of each module in `process_status`: its name, then `name_2` for the second of a name."""
    keys: list[str] = []
    for index, name in enumerate(module_chain):
        count = list(module_chain[: index + 1]).count(name)
        keys.append(name if count == 1 else f"{name}_{count}")
    return keys
