"""The options that say which files, and what they mean."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated

import typer

from octavo.cli.failures import tell
from octavo.cli.field_options import TERM_OPTIONS
from octavo.cli.tags import tags_of
from octavo.cli.times import moment_of
from octavo.files import FileQuery

Names = Annotated[
    list[str] | None,
    typer.Option("--name", metavar="NAME", help="A file name; * at its start and/or end stands for anything."),
]
Directories = Annotated[
    list[str] | None,
    typer.Option("--dir", metavar="DIR", help="A directory; /a/b/* is what is below it, /a/b* all that begin so."),
]
Paths = Annotated[list[str] | None, typer.Option("--path", metavar="PATH", help="Directory and name: '/a*/*.txt'.")]
TagFilters = Annotated[
    list[str] | None, typer.Option("--tag", metavar="KEY=VALUE", help="A tag; KEY=* is any value of it.")
]
FileIds = Annotated[list[str] | None, typer.Option("--id", metavar="FILE_ID", help="A file's id.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Accepted at that time (UTC) or later; 2h means 2 hours ago."),
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Accepted at that time or earlier.")]
UpdatedSince = Annotated[
    str | None, typer.Option("--updated-since", metavar="TIME", help="Last changed at that time or later.")
]
UpdatedUntil = Annotated[
    str | None, typer.Option("--updated-until", metavar="TIME", help="Last changed at that time or earlier.")
]
OldestFirst = Annotated[bool, typer.Option("--oldest-first", help="The first accepted first.")]


def query_of(
    *,
    file_ids: Sequence[str] | None,
    file_names: Sequence[str] | None,
    directories: Sequence[str] | None,
    paths: Sequence[str] | None,
    tags: Sequence[str] | None,
    since: str | None,
    until: str | None,
    updated_since: str | None,
    updated_until: str | None,
) -> FileQuery:
    """The query that the options ask for. Raises BadInputError."""
    now = datetime.now(UTC)

    def moment(option: str, text: str | None, *, is_end: bool = False) -> datetime | None:
        return None if text is None else moment_of(text, option, now=now, is_end=is_end)

    return FileQuery(
        file_ids=tuple(file_ids or ()),
        file_names=tuple(file_names or ()),
        symbolic_directory_paths=tuple(directories or ()),
        symbolic_file_paths=tuple(paths or ()),
        file_tags=tags_of(tags),
        create_time_start=moment("--since", since),
        create_time_end=moment("--until", until, is_end=True),
        update_time_start=moment("--updated-since", updated_since),
        update_time_end=moment("--updated-until", updated_until, is_end=True),
    )


def tell_unmatched(unmatched: FileQuery) -> None:
    """Say on stderr which terms fit no file at all."""
    terms = [
        f"{TERM_OPTIONS[one.name]} {term if isinstance(term, str) else '='.join(term)}"
        for one in fields(unmatched)
        if one.name in TERM_OPTIONS
        for term in getattr(unmatched, one.name)
    ]
    if terms:
        tell(f"no file fits {', '.join(terms)}")
