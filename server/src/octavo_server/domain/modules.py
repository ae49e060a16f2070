"""What a module is to those who choose it: models, params, formats, file types. How it works is in modules/."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.files import extension_of

Params = Mapping[str, Any]
"""The values of a model's params, by name, complete and within bounds: as its ParamSpec says, int or str."""


class RuleFaultError(Exception):
    """A model's rule fails, or returns what it may not; the message says which model's."""


class Format(StrEnum):
    """What travels between modules."""

    DOCUMENT = "document"
    TEXT = "text"
    JSON = "json"
    DATABASE = "database"

    def feeds(self, wanted: "Format") -> bool:
        """Can a module that reads `wanted` read this? Text is a document, too."""
        return self is wanted or (self is Format.TEXT and wanted is Format.DOCUMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeParam:
    """One whole-number setting of a model, bounds included."""

    name: str
    description: str
    default: int
    minimum: int
    maximum: int

    def valid(self, value: object, *, field: str) -> int:
        """The value as an int. Raises InvalidArgumentError, naming `field`."""
        allowed = f"must be a whole number from {self.minimum} to {self.maximum}"
        # The wire has one kind of number, a double; a bool is an int to Python, but not to a caller.
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise InvalidArgumentError(field, allowed)
        if not self.minimum <= value <= self.maximum:
            raise InvalidArgumentError(field, f"{allowed}; {value:g} is not")
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceParam:
    """One setting of a model with a few possible values."""

    name: str
    description: str
    default: str
    choices: tuple[str, ...]
    not_here: tuple[str, ...] = ()
    """What other servers offer, but not this one."""

    def valid(self, value: object, *, field: str) -> str:
        """The value. Raises InvalidArgumentError, naming `field`."""
        listed = ", ".join(self.choices)
        if value in self.not_here:
            raise InvalidArgumentError(field, f"{value!r} is not set up on this server; it has {listed}")
        if not isinstance(value, str) or value not in self.choices:
            raise InvalidArgumentError(field, f"must be one of {listed}; {value!r} is not")
        return value


ParamSpec = WholeParam | ChoiceParam


def no_further_rule(_params: Params) -> tuple[str, str] | None:
    """The rule of models whose params don't depend on each other."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One way a module can work. `rule` names a param and says what is allowed when params don't go together."""

    name: str
    description: str
    params: tuple[ParamSpec, ...] = ()
    rule: Callable[[Params], tuple[str, str] | None] = no_further_rule
    aliases: tuple[str, ...] = ()
    """Other names that callers may give; jobs and lists tell `name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """One step that a chain can have. The first model is the default."""

    name: str
    description: str
    input_format: Format
    output_format: Format
    extensions: tuple[str, ...]
    """The file types it takes as the first of a chain: with their dot, in lower case, sorted."""
    models: tuple[ModelSpec, ...]
    input_key: str = ""
    """The key that each object of its JSON input must have; empty if it reads no JSON."""
    output_key: str = ""
    """The key that each object of its JSON output has; empty if it writes no JSON."""
    output_factor: int = 1
    """Its output may be so many times OCTAVO_OUTPUT_BYTES_MAX: an index takes more room than its text."""

    def model(self, name: str, *, field: str) -> ModelSpec:
        """The model of that name; the default if it is empty. Raises InvalidArgumentError, naming `field`."""
        for model in self.models:
            if name in ("", model.name, *model.aliases):
                return model
        raise InvalidArgumentError(field, f"module {self.name} has no model {name!r}; it has {_listed(self.models)}")


ModuleSpecs = Mapping[str, ModuleSpec]
"""All modules of a server by name."""


def valid_params(model: ModelSpec, given: Mapping[str, object], *, field: str) -> Params:
    """The model's params, defaults filled in. Raises InvalidArgumentError, naming `field`.NAME."""
    known = {param.name: param for param in model.params}
    for name in given:
        if name not in known:
            allowed = f"it has {_listed(model.params)}" if known else "it has none"
            raise InvalidArgumentError(f"{field}.{name}", f"model {model.name} has no such param; {allowed}")
    params = {
        name: param.valid(given[name], field=f"{field}.{name}") if name in given else param.default
        for name, param in known.items()
    }
    try:
        broken = broken_rule(model, params)
    except RuleFaultError as fault:
        # Not told as a fault of the server: it keeps nobody from other values, and is the plug-in's.
        raise InvalidArgumentError(field, f"{fault}; choose other values, or leave them out") from fault
    if broken:
        name, allowed = broken
        raise InvalidArgumentError(f"{field}.{name}", allowed)
    return params


def broken_rule(model: ModelSpec, params: Params) -> tuple[str, str] | None:
    """What the model's own rule says of complete params: None, or which of them breaks it, and what is allowed.

    Raises RuleFaultError if it says nothing of that kind: it may be a plug-in's.
    """
    try:
        broken = model.rule(params)
    except (Exception, SystemExit) as error:
        raise RuleFaultError(f"the rule of model {model.name} fails with {type(error).__name__}") from error
    match broken:
        case None:
            return None
        case (str(name), str(allowed)) if name in params and allowed.isprintable():
            return name, allowed
    raise RuleFaultError(f"the rule of model {model.name} must return None, or the name of a param and a sentence")


def without_choice(specs: ModuleSpecs, choice: str) -> ModuleSpecs:
    """The same modules, but no param offers `choice`: this server can't do it."""
    return {name: replace(spec, models=_models_without(spec.models, choice)) for name, spec in specs.items()}


def check_file_type(first: ModuleSpec, file_name: str, *, field: str = "file_name") -> None:
    """Raises InvalidArgumentError, naming `field`, if a chain that starts with `first` can't take such a file."""
    extension = extension_of(file_name)
    if extension not in first.extensions:
        raise InvalidArgumentError(
            field,
            f"module {first.name} takes no {extension!r} files; it takes {' '.join(first.extensions)}",
            reason="UNSUPPORTED_FILE_TYPE",
        )


def _models_without(models: tuple[ModelSpec, ...], choice: str) -> tuple[ModelSpec, ...]:
    return tuple(
        replace(model, params=tuple(_param_without(param, choice) for param in model.params)) for model in models
    )


def _param_without(param: ParamSpec, choice: str) -> ParamSpec:
    if isinstance(param, WholeParam):
        return param
    if choice not in param.choices:
        return param
    others = tuple(one for one in param.choices if one != choice)
    return replace(param, choices=others, not_here=(*param.not_here, choice))


def _listed(specs: Sequence[ModelSpec] | Sequence[ParamSpec]) -> str:
    return ", ".join(spec.name for spec in specs)
