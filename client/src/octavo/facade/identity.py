"""What a pipeline is without its files: a name and a chain. Nothing here needs the server."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from octavo.arguments import told, valid_file
from octavo.facade import chains, known_modules, local_inputs, login, pipeline_config
from octavo.facade.package import package_version
from octavo.narration import say

if TYPE_CHECKING:
    import os

SEARCHES = {"keyword_search": "keyword-db", "semantic_search": "vector-db"}
"""Which module a chain must end with to be searched so."""


WHY_NOT = MappingProxyType({"semantic_search": "; Octavo runs no models, so no pipeline has vectors to search"})


class Identity:
    """A name and a chain."""

    def __init__(self, *, name: str, module_chain: tuple[str, ...]) -> None:
        self._name = name
        self._module_chain = module_chain

    def __repr__(self) -> str:
        return f"Pipeline(name={self._name!r}, module_chain={self.module_chain!r})"

    def __getattr__(self, name: str) -> Any:
        if name in SEARCHES:
            raise AttributeError(
                f"your pipeline has no attribute '{name}' because its module_chain does not end with "
                f"{SEARCHES[name]}: - {list(self._module_chain)}{WHY_NOT.get(name, '')}"
            )
        raise AttributeError(f"pipelines do not have the attribute '{name}'")

    @property
    def pipeline(self) -> str:
        """Its name."""
        return self._name

    @property
    def pipeline_name(self) -> str:
        """Its name; a new one is a pipeline of its own, with the same chain."""
        return self._name

    @pipeline_name.setter
    def pipeline_name(self, name: str) -> None:
        self._name = chains.valid_name(name)

    @property
    def module_chain(self) -> list[str]:
        """Its modules, in the order they run."""
        return list(self._module_chain)

    @property
    def first_module(self) -> str:
        """What reads the documents."""
        return self._module_chain[0]

    @property
    def last_module(self) -> str:
        """What makes the output."""
        return self._module_chain[-1]

    @property
    def pipeline_output_process_keys(self) -> list[str | None]:
        """One a module: the key that each object of its JSON output has; None if it writes no JSON."""
        return [module.output_key or None for module in known_modules.of_chain(self._module_chain)]

    @property
    def version(self) -> str:
        """Of the SDK."""
        return package_version()

    @property
    def api_key(self) -> str | None:
        """What the last `init` was given."""
        return login.last().api_key

    @property
    def api_url(self) -> str | None:
        """What the last `init` was given."""
        return login.last().api_url

    @property
    def api_check_val(self) -> int | None:
        """None before the first `init`, 0 if it worked, 1 if it failed."""
        return login.last().check_value

    @property
    def config(self) -> dict[str, Any]:
        """`{"pipeline": {"name": ..., "modules": [...]}}`: what `save_pipeline` writes."""
        return pipeline_config.config(self._name, known_modules.of_chain(self._module_chain))

    init = staticmethod(login.init)

    @told
    def save_pipeline(self, *, config_path: str) -> None:
        """Write `config` as YAML, in place of what is there.

        Raises InvalidArgumentError (a ValueError) unless it ends in `.yml` or `.yaml`, FileNotFoundError if there is
        no such folder.
        """
        from octavo.facade import yaml_file  # noqa: PLC0415 # Few scripts need it, and it loads slowly.

        yaml_file.save(self.config, config_path)

    @told
    def test_input(self, *, local_file_path: str | os.PathLike[str]) -> None:
        """Say whether this pipeline takes such a file: its extension, and for JSON its key. Prints `SUCCESS: ...`.

        Raises InvalidArgumentError (a ValueError), FileNotFoundError. The server may still find that it is too large.
        """
        path = valid_file(local_file_path)
        local_inputs.check(path, known_modules.of_chain(self._module_chain)[0], known_modules.by_name())
        say(f"SUCCESS: local file '{path}' passed pipeline input test")
