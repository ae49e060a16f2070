"""`octavo search`."""

from typing import Annotated

import typer

from octavo.cli import filters
from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.hit_rows import HIT_COLUMNS, hit_rows
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Pipeline, Server
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import print_table
from octavo.files import SearchResult

EXAMPLES = """  octavo search my-words clock thirteen
  octavo search my-words "bright cold day" --dir '/novels/*'
  octavo search my-words clock --json | jq -r '.file.file_name'"""


def command(
    pipeline: Pipeline,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD", help="A line is found if it has any of them, singular or plural."),
    ],
    *,
    names: filters.Names = None,
    directories: filters.Directories = None,
    paths: filters.Paths = None,
    tags: filters.TagFilters = None,
    file_ids: filters.FileIds = None,
    since: filters.Since = None,
    until: filters.Until = None,
    updated_since: filters.UpdatedSince = None,
    updated_until: filters.UpdatedUntil = None,
    oldest_first: filters.OldestFirst = False,
    count_max: Annotated[int, typer.Option("--max", metavar="N", min=1, help="At most so many files.")] = 1_000,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Find words in the files of a pipeline that ends with `keyword-db`.

    Searches all its files, or those that --name, --dir, --path, --tag, --id and the times choose, as in `list`.

    Off a terminal: a line for each word of a file, with tabs between path, word, how often it stands there, its first
    lines, file id. With --json: an object a file, with every place.
    """
    query = filters.query_of(
        file_ids=file_ids,
        file_names=names,
        directories=directories,
        paths=paths,
        tags=tags,
        since=since,
        until=until,
        updated_since=updated_since,
        updated_until=updated_until,
    )
    found = ask(
        server,
        api_key,
        lambda client: client.keyword_search(
            pipeline, " ".join(words), files=query, oldest_first=oldest_first, files_max=count_max + 1
        ),
    )
    hits = found.files[:count_max]
    if is_json:
        for file_hits in hits:
            print_json(record(file_hits))
    elif hits:
        console = make_console()
        print_table(console, HIT_COLUMNS, (row for one in hits for row in hit_rows(console, one)))
    _tell(found, count_max)
    return ExitCode.OK


def _tell(found: SearchResult, count_max: int) -> None:
    """What the table does not say."""
    for one in found.files[:count_max]:
        if one.omitted_hit_count:
            tell(
                f"{one.file.symbolic_file_path}: {one.omitted_hit_count} more words were found than are counted here; "
                f"the index file has all: `octavo fetch --file-id {one.file.file_id} --output words.db`"
            )
    if found.stop_words:
        tell(f"too common to be searched for: {', '.join(dict.fromkeys(found.stop_words))}")
    if found.unsearchable_words:
        words = ", ".join(dict.fromkeys(found.unsearchable_words))
        tell(f"not searched for, as only ASCII letters and digits are indexed: {words}")
    filters.tell_unmatched(found.unmatched)
    if len(found.files) > count_max:
        tell(f"more than {count_max} files have hits: see more with --max")
    if not found.files:
        tell("no hits")
