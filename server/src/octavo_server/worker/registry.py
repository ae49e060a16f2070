"""Which modules a child runs."""

import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import octavo_server
from octavo_server.modules.base import Module
from octavo_server.modules.plug_ins import PlugIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A package whose MODULES the children run, and plug-ins beside them."""

    package: str
    """Its dotted name."""
    plug_ins: Sequence[PlugIn] = ()
    output_factors: Mapping[str, int] = field(default_factory=dict)
    """How many times the usual bytes an output, or an index, of a module may have; 1 for those that are not there."""
    indexers: tuple[str, ...] = ()
    """The modules that may make search indexes."""

    def to_text(self) -> str:
        """For the child's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Registry":
        """Reads `to_text`."""
        fields = json.loads(text)
        plug_ins = [PlugIn(**plug_in) for plug_in in fields["plug_ins"]]
        return cls(**fields | {"plug_ins": plug_ins, "indexers": tuple(fields["indexers"])})

    def load(self) -> Mapping[str, Module]:
        """Import the modules; by name."""
        own: Mapping[str, Module] = importlib.import_module(self.package).MODULES
        return {**own, **{plug_in.name: plug_in.load() for plug_in in self.plug_ins}}

    def code_folders(self) -> Iterator[str]:
        """Where Python, its packages and the modules are, once they are loaded.

        Not all of sys.path: it may have the server's working folder.
        """
        for prefix in (sys.prefix, sys.base_prefix):
            yield from (f"{prefix}/lib", f"{prefix}/lib64")
        yield from (path for path in sys.path if path.endswith(("/site-packages", "/dist-packages")))
        # Wherever this package is installed, its dependencies are beside it; or only its source, if it is editable.
        yield os.path.dirname(octavo_server.__path__[0])  # noqa: PTH120  # pathlib takes 20 ms to import in each child
        source = sys.modules[self.package].__file__
        assert source is not None
        yield os.path.dirname(source)  # noqa: PTH120  # as above
        for plug_in in self.plug_ins:
            yield from plug_in.code_folders()
