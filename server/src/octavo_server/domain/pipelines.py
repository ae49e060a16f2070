"""A named chain of modules, per tenant, and its rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.modules import Format, ModuleSpec, ModuleSpecs

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


def asked_name(name: str, *, field: str = "pipeline") -> PipelineName:
    """Which pipeline a call is about. Raises InvalidArgumentError, naming `field`, if it names none."""
    if not name:
        raise InvalidArgumentError(field, "is missing: give the name of a pipeline")
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
        if not fits(specs[left], specs[right]):
            raise InvalidArgumentError(f"{field}[{index}]", _misfit(specs[left], specs[right], specs))
    return tuple(names)


def fits(left: ModuleSpec, right: ModuleSpec) -> bool:
    """Can `right` follow `left` in a chain? JSON is read by its key, so that must be the same, too."""
    if not left.output_format.feeds(right.input_format):
        return False
    return right.input_format is not Format.JSON or left.output_key == right.input_key


def fitting_after(left: ModuleSpec, specs: ModuleSpecs) -> tuple[str, ...]:
    """The modules that can follow `left` in a chain, by name."""
    return tuple(name for name in sorted(specs) if fits(left, specs[name]))


def module_keys(chain: Sequence[str]) -> tuple[str, ...]:
    """A name for each place of a chain: `parser`, and `parser_2` where it occurs again."""
    return tuple(
        name if (nth := chain[: index + 1].count(name)) == 1 else f"{name}_{nth}" for index, name in enumerate(chain)
    )


def _misfit(left: ModuleSpec, right: ModuleSpec, specs: ModuleSpecs) -> str:
    wanted, made = _with_key(right.input_format, right.input_key), _with_key(left.output_format, left.output_key)
    following = fitting_after(left, specs)
    after = f"after {left.name} can come {', '.join(following)}" if following else f"nothing can come after {left.name}"
    return f"{right.name} reads {wanted}, but {left.name} before it writes {made}; {after}"


def _with_key(what: Format, key: str) -> str:
    return f"{what} with the key {key!r}" if key else str(what)
