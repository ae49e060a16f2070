"""`octavo pipelines`."""

import asyncio

from octavo.catalog import PipelineInfo
from octavo.cli.connecting import make_client
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Server
from octavo.cli.printing import make_console, print_json, print_line
from octavo.client import Client


def pipelines(*, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None) -> int:
    """List your pipelines: their names and modules."""
    found = asyncio.run(_pipelines(make_client(server, api_key)))
    if not found:
        tell("there are no pipelines yet: `octavo process FILE` makes one")
    console = make_console()
    for info in found:
        if is_json:
            print_json({"name": info.name, "module_chain": list(info.module_chain)})
        else:
            print_line(console, info.name, " > ".join(info.module_chain))
    return ExitCode.OK


async def _pipelines(client: Client) -> list[PipelineInfo]:
    async with client:
        return await client.list_pipelines()
