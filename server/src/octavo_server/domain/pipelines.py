"""A named chain of modules, per tenant, and its rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.modules import ModuleSpec, ModuleSpecs

NAME_CHARS_MAX = 64
CHAIN_MODULES_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A named chain of modules."""

    tenant: TenantId
    name: PipelineName
    chain: tuple[str, ...]
    create_time: Instant


def valid_name(name: str, *, field: str = "name") -> PipelineName:
    """Raises InvalidArgumentError, naming `field`."""
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable() or name.isspace():
        raise InvalidArgumentError(field, f"must be 1-{NAME_CHARS_MAX} printable characters, not only spaces")
    return PipelineName(name)


def valid_chain(names: Sequence[str], specs: ModuleSpecs, *, field: str = "module_chain") -> tuple[str, ...]:
    """Raises InvalidArgumentError, naming `field` or one of its items, also if neighbours don't fit."""
    if not 1 <= len(names) <= CHAIN_MODULES_MAX:
        raise InvalidArgumentError(field, f"must have 1-{CHAIN_MODULES_MAX} modules; this one has {len(names)}")
    for index, name in enumerate(names):
        if name not in specs:
            raise InvalidArgumentError(
                f"{field}[{index}]", f"there is no module {name!r}; there are {', '.join(sorted(specs))}"
            )
    for index, (left, right) in enumerate(pairwise(names), start=1):
        made, wanted = specs[left], specs[right]
        if not made.output_format.feeds(wanted.input_format):
            fitting = fitting_after(made, specs)
            raise InvalidArgumentError(
                f"{field}[{index}]",
                f"{right} reads {wanted.input_format}, but {left} before it writes {made.output_format}; "
                + (f"after {left} can come {', '.join(fitting)}" if fitting else f"nothing can come after {left}"),
            )
    return tuple(names)


def fitting_after(left: ModuleSpec, specs: ModuleSpecs) -> tuple[str, ...]:
    """The modules that can follow `left` in a chain, by name."""
    return tuple(name for name in sorted(specs) if left.output_format.feeds(specs[name].input_format))


def module_keys(chain: Sequence[str]) -> tuple[str, ...]:
    """A name for each place of a chain: `parser`, and `parser_2` where it occurs again."""
    return tuple(
        name if (nth := chain[: index + 1].count(name)) == 1 else f"{name}_{nth}" for index, name in enumerate(chain)
    )
