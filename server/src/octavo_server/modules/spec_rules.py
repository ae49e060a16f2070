"""What a module of another package must be: what this server, its clients and its wire take for granted of ours."""

import re
from collections.abc import Sequence

from octavo_server.domain.modules import (
    ChoiceParam,
    Format,
    ModelSpec,
    ModuleSpec,
    ParamSpec,
    RuleFaultError,
    WholeParam,
    broken_rule,
)
from octavo_server.modules.base import Module

TEXT_CHARS_MAX = 500
"""Of a description."""
ITEMS_MAX = 200
"""Models, params, choices, aliases; also file types."""
OUTPUT_FACTOR_MAX = 50
VALUE_MAX = 2**53
"""What a number on the wire, a double, can tell from its neighbours."""
_MODULE = re.compile(r"[a-z][a-z0-9-]{0,63}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PARAM = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,16}")


class BrokenSpecError(Exception):
    """Which rule a module breaks, in a sentence."""


def check_module(module: Module, *, name: str) -> None:
    """Raises BrokenSpecError if it is none, or not the one of that name, or its spec is out of bounds."""
    spec = getattr(module, "spec", None)
    _hold(isinstance(spec, ModuleSpec), "its `spec` must be a ModuleSpec of octavo_server.domain.modules")
    assert isinstance(spec, ModuleSpec)
    for method in ("run", "warm_ups"):
        _hold(callable(getattr(module, method, None)), f"it must have a method `{method}`")
    _hold(spec.name == name, f"its spec's name is {spec.name!r}; the entry point must have the same")
    _hold(_fits(spec.name, _MODULE), "its name must have 1 to 64 characters of a to z, 0 to 9 and -, a letter first")
    _check_text(spec.description, "the module")
    _check_formats(spec)
    _check_many(spec.models, ModelSpec, "models", least=1)
    for model in spec.models:
        _check_many(model.aliases, str, f"aliases of model {model.name}")
    names = [one for model in spec.models for one in (model.name, *model.aliases)]
    _check_names(names, _MODEL, "models and aliases", "letters, digits, `.`, `_` and `-`")
    for model in spec.models:
        _check_model(model)


def _check_formats(spec: ModuleSpec) -> None:
    formats = (spec.input_format, spec.output_format)
    _hold(all(isinstance(one, Format) for one in formats), "its input_format and output_format must be a Format")
    for side, is_json, key in (
        ("input", spec.input_format is Format.JSON, spec.input_key),
        ("output", spec.output_format is Format.JSON, spec.output_key),
    ):
        rule = "a name in lower case" if is_json else f"empty, since its {side} is no JSON"
        _hold(_fits(key, _KEY) if is_json else key == "", f"its {side}_key must be {rule}")
    _check_many(spec.extensions, str, "extensions")
    _hold(
        all(_EXTENSION.fullmatch(one) for one in spec.extensions)
        and list(spec.extensions) == sorted(set(spec.extensions)),
        "its extensions must be sorted, in lower case, with their dot, like ('.csv', '.txt')",
    )
    _hold(_is_whole(spec.output_factor, 1, OUTPUT_FACTOR_MAX), f"its output_factor must be 1 to {OUTPUT_FACTOR_MAX}")


def _check_model(model: ModelSpec) -> None:
    where = f"model {model.name}"
    _check_text(model.description, where)
    _check_many(model.params, (WholeParam, ChoiceParam), f"params of {where}")
    _check_names([param.name for param in model.params], _PARAM, f"params of {where}", "a to z, 0 to 9 and _")
    for param in model.params:
        _check_param(param, f"param {param.name} of {where}")
    try:
        broken = broken_rule(model, {param.name: param.default for param in model.params})
    except RuleFaultError as fault:
        raise BrokenSpecError(str(fault)) from fault
    _hold(broken is None, f"the defaults of {where} break its own rule: {broken}")


def _check_param(param: ParamSpec, where: str) -> None:
    _check_text(param.description, where)
    if isinstance(param, WholeParam):
        bounds = (param.minimum, param.default, param.maximum)
        _hold(all(_is_whole(one, -VALUE_MAX, VALUE_MAX) for one in bounds), f"{where}: numbers must be whole")
        _hold(list(bounds) == sorted(bounds), f"{where}: the default must be from the minimum to the maximum")
        return
    _check_choices(param, where)


def _check_choices(param: ChoiceParam, where: str) -> None:
    _check_many(param.choices, str, f"choices of {where}", least=1)
    _check_many(param.not_here, str, f"not_here of {where}")
    offered = (*param.choices, *param.not_here)
    is_fine = all(0 < len(one) <= TEXT_CHARS_MAX and one.isprintable() for one in offered)
    _hold(is_fine, f"{where}: choices must have 1 to {TEXT_CHARS_MAX} printable characters")
    _hold(len(set(offered)) == len(offered), f"{where}: choices must differ, also from those of not_here")
    _hold(param.default in param.choices, f"{where}: the default must be one of the choices")


def _check_text(text: object, where: str) -> None:
    is_fine = isinstance(text, str) and 0 < len(text) <= TEXT_CHARS_MAX and text.isprintable()
    _hold(is_fine, f"{where} must have a description of 1 to {TEXT_CHARS_MAX} printable characters")


def _check_many(items: object, kinds: type | tuple[type, ...], what: str, *, least: int = 0) -> None:
    is_fine = isinstance(items, tuple) and least <= len(items) <= ITEMS_MAX
    is_fine = is_fine and all(isinstance(item, kinds) for item in items)  # type: ignore[attr-defined]  # a tuple by now
    _hold(is_fine, f"its {what} must be a tuple of {least} to {ITEMS_MAX}")


def _check_names(names: Sequence[str], pattern: re.Pattern[str], what: str, characters: str) -> None:
    _hold(all(_fits(name, pattern) for name in names), f"names of {what} may have {characters}")
    _hold(len(set(names)) == len(names), f"names of {what} must differ")


def _fits(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _hold(is_fine: bool, rule: str) -> None:
    if not is_fine:
        raise BrokenSpecError(rule)
