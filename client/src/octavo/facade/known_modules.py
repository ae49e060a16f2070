"""Which modules there are: the server's, plug-ins included; before `octavo.init` those that every server has."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from octavo import session
from octavo.errors import NotInitializedError
from octavo.facade.chains import unknown_module
from octavo.facade.standard_modules import STANDARD_MODULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from octavo.catalog import ModuleInfo
    from octavo.session import Session

_told: WeakKeyDictionary[Session, Mapping[str, ModuleInfo]] = WeakKeyDictionary()


def by_name(*, is_fresh: bool = False) -> Mapping[str, ModuleInfo]:
    """All modules. `is_fresh`: ask the server again, for it may have restarted with others. Raises OctavoError."""
    try:
        current = session.current()
    except NotInitializedError:
        return STANDARD_MODULES
    if is_fresh or current not in _told:
        _told[current] = {module.name: module for module in current.run(current.client.list_modules())}
    return _told[current]


def of_chain(module_chain: Sequence[str]) -> list[ModuleInfo]:
    """One a module. Raises InvalidArgumentError if there is none of that name."""
    modules = by_name()
    for name in module_chain:
        if name not in modules:
            raise unknown_module(name, modules)
    return [modules[name] for name in module_chain]
