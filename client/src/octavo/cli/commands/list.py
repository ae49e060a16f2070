"""`octavo list`."""

from octavo.cli import filters
from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.file_rows import FILE_COLUMNS, file_row
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, CountMax, Pipeline, Server, States
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import print_table

EXAMPLES = """  octavo list my-pipeline --dir '/reports/*' --since 2h
  octavo list my-pipeline --tag author=orwell --tag author=huxley
  octavo list my-pipeline --state failed --json | jq -r .file_id
  octavo list my-pipeline | cut -f 2"""


def command(
    pipeline: Pipeline,
    *,
    names: filters.Names = None,
    directories: filters.Directories = None,
    paths: filters.Paths = None,
    tags: filters.TagFilters = None,
    file_ids: filters.FileIds = None,
    states: States = None,
    since: filters.Since = None,
    until: filters.Until = None,
    updated_since: filters.UpdatedSince = None,
    updated_until: filters.UpdatedUntil = None,
    oldest_first: filters.OldestFirst = False,
    count_max: CountMax = 1_000,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """List the files of a pipeline, newest first.

    A file is listed if it fits any of --name, --dir, --path, --tag and --id (each may be given more than once), or if
    none is given; times and --state narrow that down.

    Off a terminal: a line a file, with tabs between file id, path, state, size in bytes, time accepted, time of
    expiry, tags, request id.
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
    # One more than is shown tells whether there are more.
    found = ask(
        server,
        api_key,
        lambda client: client.list_files(
            pipeline, query, states=states or (), oldest_first=oldest_first, files_max=count_max + 1
        ),
    )
    files = found.files[:count_max]
    if is_json:
        for file in files:
            print_json(record(file))
    elif files:
        console = make_console()
        print_table(console, FILE_COLUMNS, (file_row(console, file) for file in files))
    filters.tell_unmatched(found.unmatched)
    if len(found.files) > count_max:
        tell(f"there are more than {count_max} files: see more with --max")
    if not files:
        tell("no files found")
    return ExitCode.OK
