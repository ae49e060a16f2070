"""Tags on the command line."""

from collections.abc import Iterable

from octavo.cli.failures import BadInputError


def tags_of(texts: Iterable[str] | None) -> tuple[tuple[str, str], ...]:
    """`KEY=VALUE`, each as a pair. Raises BadInputError."""
    return tuple(_pair(text) for text in texts or ())


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals or not value:
        raise BadInputError(f"--tag {text}: must be KEY=VALUE, e.g. author=orwell")
    return key, value
