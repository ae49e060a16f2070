"""Modules of other packages, found by their entry points: docs/modules.md tells how to write one."""

import importlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from octavo_server.modules.base import Module
from octavo_server.modules.spec_rules import BrokenSpecError, check_module

GROUP = "octavo.modules"
"""The group of the entry points. Each one's name is its module's; its value is a module, or a class of modules."""
_VALUE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


class PlugInError(Exception):
    """A plug-in can't be used; the message names its entry point and its distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugIn:
    """One entry point."""

    name: str
    value: str
    """`package.module:attribute`."""
    distribution: str
    """What was installed, with its version."""
    folder: str = ""
    """Where it was installed, with its dependencies; empty if that is not known."""

    def load(self) -> Module:
        """Import it. Raises whatever its code raises."""
        package, _, attribute = self.value.partition(":")
        found: Any = importlib.import_module(package)
        for name in attribute.split("."):
            found = getattr(found, name)
        module: Module = found() if isinstance(found, type) else found
        return module

    def code_folders(self) -> Iterator[str]:
        """Where its code is, once it is loaded: its own package, wherever that is, and what was installed beside it."""
        top = sys.modules[self.value.partition(":")[0].partition(".")[0]]
        yield from getattr(top, "__path__", None) or [top.__file__ or ""]
        yield self.folder


def find_plug_ins() -> Sequence[PlugIn]:
    """All that are installed, by name."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # children are told what was found

    found = []
    for entry in entry_points(group=GROUP):
        dist = entry.dist
        # Only a wheel says that the folder is one of packages; the source folder of an old-style one has anything.
        is_wheel = dist is not None and dist.read_text("WHEEL") is not None
        found.append(
            PlugIn(
                name=entry.name,
                value=entry.value,
                distribution=f"{dist.name} {dist.version}" if dist else "an unknown distribution",
                folder=str(dist.locate_file("")) if dist and is_wheel else "",
            )
        )
    return sorted(found, key=lambda plug_in: (plug_in.name, plug_in.distribution))


def running_threads() -> frozenset[str]:
    """The ids of this process's threads, those of native libraries included."""
    return frozenset(os.listdir("/proc/self/task"))  # noqa: PTH208  # pathlib takes 20 ms to import in each child


def with_plug_ins(own: Mapping[str, Module], plug_ins: Sequence[PlugIn]) -> Mapping[str, Module]:
    """Our modules and theirs, by name.

    Raises PlugInError if one can't be loaded, starts a thread by that, breaks a rule, or has a name that is taken.
    """
    modules, owners = dict(own), dict.fromkeys(own, "Octavo")
    for plug_in in plug_ins:
        if plug_in.name in modules:
            raise _broken(plug_in, f"the name {plug_in.name!r} is taken by a module of {owners[plug_in.name]}")
        modules[plug_in.name] = _loaded(plug_in)
        owners[plug_in.name] = plug_in.distribution
    return modules


def _loaded(plug_in: PlugIn) -> Module:
    if not _VALUE.fullmatch(plug_in.value):
        raise _broken(plug_in, "it must be written as `name = package.module:attribute`")
    threads_before = running_threads()
    try:
        module = plug_in.load()
        check_module(module, name=plug_in.name)
    except BrokenSpecError as error:
        raise _broken(plug_in, str(error)) from None
    except (Exception, SystemExit) as error:
        raise _broken(plug_in, f"it can't be loaded: {type(error).__name__}: {error}") from error
    if running_threads() - threads_before:
        raise _broken(plug_in, "importing it starts a thread: load what does in `warm_ups` or `run`")
    return module


def _broken(plug_in: PlugIn, why: str) -> PlugInError:
    return PlugInError(f"plug-in {plug_in.name!r} ({plug_in.value}) of {plug_in.distribution}: {why}")
