"""Extractors that need the network: modules of child processes that may make one kind of connection, and nothing else.

Importing this package imports no library.
"""

from collections.abc import Mapping
from types import MappingProxyType

from octavo_server.modules.base import Module
from octavo_server.relays.tika_server import TikaServerRelay

MODULES: Mapping[str, Module] = MappingProxyType({relay.spec.name: relay for relay in [TikaServerRelay()]})
"""All relays by the name of their extractor."""
