"""`octavo fetch`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from octavo.cli.connecting import ask
from octavo.cli.failures import BadInputError, ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, ModuleKey, Server
from octavo.cli.printing import print_json
from octavo.cli.records import Record
from octavo.statuses import JSON_MEDIA_TYPE, Output

EXAMPLES = """  octavo fetch 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b --output snippets.json
  octavo fetch 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b | jq '.[0]'
  octavo fetch 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b --module parser
  octavo fetch --file-id 5f0c8a52-3d0e-4b0c-9d7e-0a4f6f1c2b11"""

STDOUT = Path("-")


def command(
    request_id: Annotated[
        str,
        typer.Argument(metavar="REQUEST_ID", help="The id that `process` and `jobs` print.", show_default=False),
    ] = "",
    *,
    file_id: Annotated[
        str, typer.Option("--file-id", metavar="FILE_ID", help="The file's id instead.", show_default=False)
    ] = "",
    module: ModuleKey = "",
    path: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to save it; - is stdout.")
    ] = STDOUT,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Fetch what a module made.

    The output of a job that succeeded, or of any module that has ended. With --json: its type, size and SHA-256, and
    its content or where it was saved.
    """
    if bool(request_id) == bool(file_id):
        raise BadInputError("give a request id, or --file-id")
    output = ask(server, api_key, lambda client: client.fetch_output(request_id, file_id=file_id, module=module))
    if path != STDOUT:
        path.write_bytes(output.content)
    if is_json:
        target = {"request_id": request_id} if request_id else {"file_id": file_id}
        print_json({**target, **_described(output, path)})
    elif path == STDOUT:
        _print(output)
    else:
        typer.echo(f"{path}  {len(output.content)} bytes")
    return ExitCode.OK


def _described(output: Output, path: Path) -> Record:
    described = {"media_type": output.media_type, "size_bytes": len(output.content), "sha256": output.sha256}
    return {**described, "content": _content(output)} if path == STDOUT else {**described, "path": str(path)}


def _content(output: Output) -> Any:
    if output.media_type == JSON_MEDIA_TYPE:
        return output.json()
    try:
        return output.content.decode()
    except UnicodeDecodeError:
        raise BadInputError(f"the output is {output.media_type}, no text: save it with --output FILE") from None


def _print(output: Output) -> None:
    if sys.stdout.isatty():
        # Bytes that are no text could give the terminal orders.
        _content(output)
    sys.stdout.buffer.write(output.content)
    sys.stdout.buffer.flush()
