"""`octavo fetch`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from octavo.answers import Answer
from octavo.cli.connecting import make_client
from octavo.cli.failures import BadInputError, ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, RequestId, Server
from octavo.cli.printing import print_json
from octavo.client import Client
from octavo.statuses import JSON_MEDIA_TYPE, Output


def fetch(
    request_id: RequestId,
    *,
    path: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to save it; default: to stdout.")
    ] = None,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Fetch the output of a job that succeeded."""
    output = asyncio.run(_fetch(make_client(server, api_key), request_id))
    if path is not None:
        path.write_bytes(output.content)
    if is_json:
        print_json(_answer(request_id, output, path))
    elif path is None:
        sys.stdout.buffer.write(output.content)
        sys.stdout.buffer.flush()
    else:
        typer.echo(f"{path}  {len(output.content)} bytes")
    return ExitCode.OK


def _answer(request_id: str, output: Output, path: Path | None) -> Answer:
    answer: Answer = {
        "request_id": request_id,
        "media_type": output.media_type,
        "size_bytes": len(output.content),
        "sha256": output.sha256,
    }
    return {**answer, "content": _content(output)} if path is None else {**answer, "path": str(path)}


def _content(output: Output) -> Any:
    if output.media_type == JSON_MEDIA_TYPE:
        return output.json()
    try:
        return output.content.decode()
    except UnicodeDecodeError:
        raise BadInputError(f"the output is {output.media_type}, no text: save it with --output") from None


async def _fetch(client: Client, request_id: str) -> Output:
    async with client:
        return await client.fetch_output(request_id)
