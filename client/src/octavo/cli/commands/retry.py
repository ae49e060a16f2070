"""`octavo retry`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from octavo.cli.connecting import ask
from octavo.cli.each import each, worst
from octavo.cli.failures import ExitCode
from octavo.cli.following import follow
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, RequestIds, Server
from octavo.cli.printing import make_console, print_json, print_line
from octavo.cli.records import job_record
from octavo.client import Client

EXAMPLES = """  octavo retry 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b --watch
  octavo jobs --state failed --pipeline my-pipeline | cut -f 1 | xargs octavo retry"""


def command(
    request_ids: RequestIds,
    *,
    is_watching: Annotated[bool, typer.Option("--watch", help="Follow them to their end, as `watch` does.")] = False,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Run jobs again that failed or were cancelled.

    Same id, same document; modules that have an output are not run again. With --watch the exit code is 0 if all
    succeeded.
    """
    retried: list[str] = []
    code = ask(
        server, api_key, lambda client: _retry(client, request_ids, retried, is_silent=is_watching, is_json=is_json)
    )
    if not is_watching or not retried:
        return code
    return worst({code, follow(server, api_key, retried, is_json=is_json)})


async def _retry(
    client: Client, request_ids: Sequence[str], retried: list[str], *, is_silent: bool, is_json: bool
) -> ExitCode:
    console = make_console()

    async def retry(request_id: str) -> None:
        status = await client.retry(request_id)
        retried.append(request_id)
        if is_silent:
            return
        if is_json:
            print_json(job_record(status))
        else:
            print_line(console, request_id, status.state.value)

    return await each(request_ids, retry)
