"""A pipeline's `config`, in the hosted product's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo.facade import module_views
from octavo.facade.formats import hosted_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.catalog import ModuleInfo


def config(name: str, modules: Sequence[ModuleInfo]) -> dict[str, Any]:
    """What `save` writes: models, defaults, input and output of each module."""
    return {"pipeline": {"name": name, "modules": [_module(module) for module in modules]}}


def _module(module: ModuleInfo) -> dict[str, Any]:
    return {
        "name": module.name,
        "models": module_views.models(module),
        "defaults": module_views.defaults(module),
        "input": {"type": hosted_format(module.input_format), "permitted_extensions": list(module.extensions)},
        "output": {"type": hosted_format(module.output_format)},
    }
