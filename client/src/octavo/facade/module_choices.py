"""The argument `modules` of `process`: which model and params each module runs with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo.facade import module_views
from octavo.facade.refusals import refused, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo.catalog import ModuleInfo

FIELD = "modules"
CHOICE_KEYS = ("model", "params")


def valid_choices(modules: object, module_chain: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """Choices by module key, as `process_status` has it; labels by position, `module_1` and so on, become keys.

    Raises InvalidTypeError, InvalidArgumentError. Models and params are the server's to check.
    """
    if modules is None:
        return {}
    if not isinstance(modules, dict) or not all(isinstance(choice, dict) for choice in modules.values()):
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
    return choices


def _check(key: object, choice: Mapping[str, object], keys: Sequence[str]) -> None:
    if key not in keys:
        raise refused(FIELD, f"modules: the pipeline has no module {key!r}; it has {', '.join(keys)}")
    unknown = [name for name in choice if name not in CHOICE_KEYS]
    if unknown:
        raise refused(
            FIELD,
            f"a module's model selection must have only two keys: model, params - {key} has {unknown[0]!r}",
        )
    if not isinstance(choice.get("model", ""), str) or not isinstance(choice.get("params", {}), dict):
        raise wrong_type(FIELD, f"modules: the model of {key} must be a string, and its params a dict")


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
