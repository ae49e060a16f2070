"""What a shell offers for TAB, where the server has to be asked. Whatever goes wrong: nothing, and not a word."""

import re

import typer

ANSWER_SECONDS_MAX = 1.0
"""Somebody waits for it with a finger on the key."""

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./@%+,-]*")
"""What means itself in every shell. Shells paste an offer as it is: `a;b` would be two commands, and a tenant's
pipelines are named by all who have its key.
"""


def complete_pipeline(context: typer.Context, incomplete: str) -> list[str]:
    """The pipelines whose names begin so and need no quotes; none if no server answers at once."""
    # Here, not above: only a shell that completes needs them.
    from octavo.cli.pipeline_names import pipeline_names  # noqa: PLC0415

    names = pipeline_names(context.params.get("server"), context.params.get("api_key"), ANSWER_SECONDS_MAX)
    return [name for name in names if name.startswith(incomplete) and is_safe(name)]


def is_safe(name: str) -> bool:
    """Does it mean itself in every shell?"""
    return _SAFE.fullmatch(name) is not None
