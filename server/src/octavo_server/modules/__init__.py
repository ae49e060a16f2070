"""The modules that chains are made of: one file a module. Importing this package loads no extraction library."""

from collections.abc import Mapping
from types import MappingProxyType

from octavo_server.domain.modules import ModuleSpecs, without_choice
from octavo_server.modules.base import Module
from octavo_server.modules.extract import Extract
from octavo_server.modules.json_to_txt import JsonToTxt
from octavo_server.modules.keyword_db import KeywordDb
from octavo_server.modules.parser import Parser
from octavo_server.modules.reading import TIKA_SERVER

_ALL: tuple[Module, ...] = (Parser(), Extract(), JsonToTxt(), KeywordDb())
MODULES: Mapping[str, Module] = MappingProxyType({module.spec.name: module for module in _ALL})
"""Octavo's own modules by name. Those of other packages: see plug_ins.py."""


def module_specs(*, has_tika_server: bool, modules: Mapping[str, Module] = MODULES) -> ModuleSpecs:
    """What the modules are to those who choose them, on a server with or without a Tika Server behind it."""
    specs = {name: module.spec for name, module in modules.items()}
    return MappingProxyType(specs if has_tika_server else without_choice(specs, TIKA_SERVER))
