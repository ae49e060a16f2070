"""Does one thing to each of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.cli.failures import ExitCode, exit_code_of, sentence_of, tell
from octavo.errors import OctavoError, UnauthenticatedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

WORST_FIRST = (ExitCode.FAILED, ExitCode.NO_SERVER, ExitCode.BAD_INPUT)
"""Which exit code tells of many."""


async def each(names: Sequence[str], work: Callable[[str], Awaitable[None]]) -> ExitCode:
    """Do `work` for one after the other; a refusal is told and does not stop the others.

    Returns how the worst of them ended. Raises what would refuse all of them.
    """
    codes = set()
    for name in dict.fromkeys(names):
        try:
            await work(name)
        except (UnavailableError, UnauthenticatedError):
            raise
        except OctavoError as error:
            tell(f"{name}: {sentence_of(error)}")
            codes.add(exit_code_of(error))
    return worst(codes)


def worst(codes: set[ExitCode]) -> ExitCode:
    """The one that tells of all."""
    return next((code for code in WORST_FIRST if code in codes), ExitCode.OK)
