"""`octavo delete`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from octavo.cli.asking import is_confirmed, must_be_sure
from octavo.cli.connecting import ask
from octavo.cli.each import each
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, IsSure, Server
from octavo.cli.printing import make_console, print_json, print_line
from octavo.client import Client
from octavo.files import File

EXAMPLES = """  octavo delete 5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11
  octavo list my-pipeline --state failed | cut -f 1 | xargs octavo delete --yes"""


def command(
    file_ids: Annotated[
        list[str], typer.Argument(metavar="FILE_ID", help="The ids that `list` prints.", show_default=False)
    ],
    *,
    is_sure: IsSure = False,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Delete files with their outputs and records.

    Jobs that run are stopped first. Asks on a terminal; exit code 1 if you say no.
    """
    if not is_sure:
        must_be_sure("deleting")
        files = ask(server, api_key, lambda client: _files(client, file_ids))
        if not _is_wanted(files):
            tell("nothing was deleted")
            return ExitCode.FAILED
    return ask(server, api_key, lambda client: _delete(client, file_ids, is_json=is_json))


async def _files(client: Client, file_ids: Sequence[str]) -> list[File]:
    return [await client.get_file(file_id) for file_id in dict.fromkeys(file_ids)]


def _is_wanted(files: Sequence[File]) -> bool:
    lines = [f"{file.symbolic_file_path}  {file.state.value}  (pipeline {file.pipeline})" for file in files]
    what = "this file" if len(files) == 1 else f"these {len(files)} files"
    return is_confirmed(f"Delete {what} and everything made from {'it' if len(files) == 1 else 'them'}?", lines)


async def _delete(client: Client, file_ids: Sequence[str], *, is_json: bool) -> ExitCode:
    console = make_console()

    async def delete(file_id: str) -> None:
        await client.delete_file(file_id)
        if is_json:
            print_json({"file_id": file_id, "state": "deleted"})
        else:
            print_line(console, file_id, "deleted")

    return await each(file_ids, delete)
