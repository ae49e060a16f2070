"""What callers get: pipelines, and the modules that chains are made of. Frozen values, no protobuf."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class DataFormat(StrEnum):
    """What travels between modules."""

    DOCUMENT = "document"
    TEXT = "text"
    JSON = "json"
    DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineInfo:
    """A named chain of modules."""

    name: str
    module_chain: tuple[str, ...]
    create_time: datetime
    """When it was made, or took its present chain, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamInfo:
    """One setting of a model. A bound that is None does not exist."""

    name: str
    description: str
    default: object
    minimum: int | None
    maximum: int | None
    choices: tuple[str, ...] = ()
    """The values allowed, if it is no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One way a module can work."""

    name: str
    description: str
    params: tuple[ParamInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleInfo:
    """One step that a chain can have."""

    name: str
    description: str
    input_format: DataFormat
    output_format: DataFormat
    extensions: tuple[str, ...]
    """The file types it takes as the first of a chain, with their dot, in lower case."""
    models: tuple[ModelInfo, ...]
    """The first is the default."""
    next_modules: tuple[str, ...] = ()
    """What can follow it in a chain, by name."""
    input_key: str = ""
    """The key that each object of its JSON input must have; empty if it reads no JSON."""
    output_key: str = ""
    """The key that each object of its JSON output has; empty if it writes no JSON."""
