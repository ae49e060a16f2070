"""What a shell offers for TAB, where the server has to be asked. Whatever goes wrong: nothing, and not a word."""

import typer

ANSWER_SECONDS_MAX = 1.0
"""Somebody waits for it with a finger on the key."""


def complete_pipeline(context: typer.Context, incomplete: str) -> list[str]:
    """The pipelines whose names begin so; none if no server answers at once."""
    # Here, not above: only a shell that completes needs them.
    from octavo.cli.pipeline_names import pipeline_names  # noqa: PLC0415

    names = pipeline_names(context.params.get("server"), context.params.get("api_key"), ANSWER_SECONDS_MAX)
    return [name for name in names if name.startswith(incomplete)]
