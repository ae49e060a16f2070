"""`octavo update`."""

from typing import Annotated

import typer

from octavo.cli.connecting import ask
from octavo.cli.failures import BadInputError, ExitCode
from octavo.cli.file_rows import FILE_COLUMNS, file_row
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Description, Expire, Server, Tags
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import print_table
from octavo.cli.tags import tags_of
from octavo.cli.times import seconds_of

EXAMPLES = """  octavo update 5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11 --dir /archive --expire 30d
  octavo update 5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11 --tag year=2026 --tag state=done
  octavo update 5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11 --no-tags --description ''"""


def command(
    file_id: Annotated[str, typer.Argument(metavar="FILE_ID", help="The id that `list` prints.", show_default=False)],
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Its new name, with the same extension.", show_default=False),
    ] = None,
    directory: Annotated[
        str | None, typer.Option("--dir", metavar="DIR", help="Where to file it.", show_default=False)
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="PATH", help="Directory and name, instead of the two.", show_default=False),
    ] = None,
    tags: Tags = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="Take away all tags.")] = False,
    description: Description = None,
    expire: Expire = "",
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Change a file's name, place, tags, description or time of expiry.

    What is not given stays as it is; --tag takes the place of all tags the file has. Works whatever the file's job
    does. Prints the file as `list` does.
    """
    if no_tags and tags:
        raise BadInputError("--tag and --no-tags exclude each other")
    if not no_tags and not tags and not expire and (name, directory, path, description) == (None,) * 4:
        raise BadInputError(
            "nothing to change: give --name, --dir, --path, --tag, --no-tags, --description or --expire"
        )
    file = ask(
        server,
        api_key,
        lambda client: client.update_file(
            file_id,
            file_name=name,
            symbolic_directory_path=directory,
            symbolic_file_path=path,
            file_tags=tags_of(tags) if tags or no_tags else None,
            file_description=description,
            expire_seconds=seconds_of(expire, "--expire") if expire else None,
        ),
    )
    if is_json:
        print_json(record(file))
    else:
        console = make_console()
        print_table(console, FILE_COLUMNS, [file_row(console, file)])
    return ExitCode.OK
