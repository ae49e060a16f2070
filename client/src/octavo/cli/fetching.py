"""`octavo fetch`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from octavo.cli.failures import ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, RequestId, Server
from octavo.client import Client
from octavo.statuses import Output


def fetch(
    request_id: RequestId,
    *,
    path: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to save it; default: to stdout.")
    ] = None,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Fetch the output of a job that succeeded."""
    output = asyncio.run(_fetch(Client(server, api_key=api_key), request_id))
    if path is None:
        sys.stdout.buffer.write(output.content)
        sys.stdout.buffer.flush()
    else:
        path.write_bytes(output.content)
        typer.echo(f"{path}  {len(output.content)} bytes")
    return ExitCode.OK


async def _fetch(client: Client, request_id: str) -> Output:
    async with client:
        return await client.fetch_output(request_id)
