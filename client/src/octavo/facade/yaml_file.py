"""A pipeline in a YAML file, of which only the pipeline's name and its modules' names are read.

Loading this loads PyYAML, which takes a tenth of a second: import it where it is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from octavo.errors import Details, InvalidArgumentError
from octavo.facade.refusals import MissingConfigError, missing, refused, wrong_type

EXTENSIONS = (".yml", ".yaml")
BYTES_MAX = 1024 * 1024
FIELD = "config_path"


class ConfigSyntaxError(InvalidArgumentError, yaml.YAMLError):
    """The file is no YAML."""


def save(described: dict[str, Any], config_path: object) -> None:
    """Write it, in place of what is there. Raises InvalidArgumentError, FileNotFoundError, OSError."""
    if not isinstance(config_path, str):
        raise wrong_type(FIELD, "config_path must be a string that ends in .yml or .yaml")
    path = Path(config_path)
    if path.suffix not in EXTENSIONS:
        raise refused(FIELD, f"config_path {config_path!r} must have a .yml or .yaml extension")
    if not path.parent.is_dir():
        raise missing(FIELD, f"config_path: there is no directory {str(path.parent)!r}; make it first")
    path.write_text(yaml.safe_dump(described, sort_keys=False, allow_unicode=True), encoding="utf-8")


def load(config_path: object) -> tuple[str, list[str]]:
    """The pipeline's name and its modules' names. Raises InvalidArgumentError, FileNotFoundError, yaml.YAMLError."""
    text = _text(config_path)
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        details = Details(reason="INVALID_FIELD", field=FIELD)
        raise ConfigSyntaxError(f"config_path: {config_path!r} is no YAML: {error}", details=details) from None
    except RecursionError:
        raise refused(FIELD, f"config_path: {config_path!r} is nested too deeply") from None
    pipeline = _value(loaded, "pipeline", "the config")
    name = _value(pipeline, "name", "pipeline")
    modules = _value(pipeline, "modules", "pipeline")
    if not isinstance(modules, list):
        raise refused(FIELD, "config_path: modules must be a list, each item with a name")
    return name, [_value(module, "name", f"modules[{index}]") for index, module in enumerate(modules)]


def _text(config_path: object) -> str:
    if not isinstance(config_path, str):
        raise wrong_type(FIELD, "config_path must be a string")
    path = Path(config_path)
    if not path.is_file():
        details = Details(reason="NO_SUCH_FILE", field=FIELD)
        raise MissingConfigError(f"config_path: there is no file {config_path!r}", details=details)
    if path.stat().st_size >= BYTES_MAX:
        raise refused(FIELD, f"config_path: {config_path!r} must be smaller than {BYTES_MAX} bytes")
    if path.suffix.lower() not in EXTENSIONS:
        raise refused(FIELD, f"config_path {config_path!r} must have a .yml or .yaml extension")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise refused(FIELD, f"config_path: {config_path!r} is not UTF-8: {error}") from None


def _value(found: object, key: str, where: str) -> Any:
    if not isinstance(found, dict) or key not in found:
        raise refused(FIELD, f"config_path: {where} must have the key {key!r}")
    return found[key]
