"""Asks before something is gone for good."""

import sys
from collections.abc import Sequence

from octavo.cli.failures import BadInputError

YES = ("y", "yes")


def is_terminal() -> bool:
    """Is there somebody to ask?"""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_confirmed(question: str, lines: Sequence[str] = ()) -> bool:
    """Print `lines` and the question on stderr, read the answer from stdin; anything but a yes is a no."""
    sys.stderr.write("".join(f"{line}\n" for line in lines) + f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in YES


def must_be_sure(what: str) -> None:
    """Raises BadInputError where nobody can be asked."""
    if not is_terminal():
        raise BadInputError(f"{what} can't be undone, and there is no terminal to ask on: add --yes")
