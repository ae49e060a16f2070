"""`octavo cancel`."""

from collections.abc import Sequence

from octavo.cli.connecting import ask
from octavo.cli.each import each
from octavo.cli.failures import ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, RequestIds, Server
from octavo.cli.printing import make_console, print_json, print_line
from octavo.cli.records import job_record
from octavo.client import Client

EXAMPLES = """  octavo cancel 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b
  octavo jobs --state pending | cut -f 1 | xargs octavo cancel"""


def command(
    request_ids: RequestIds,
    *,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Ask jobs to stop.

    A job whose module runs is `cancelling` until that has stopped. Cancelling twice is no error; a job that already
    succeeded or failed is told, with exit code 1.
    """
    return ask(server, api_key, lambda client: _cancel(client, request_ids, is_json=is_json))


async def _cancel(client: Client, request_ids: Sequence[str], *, is_json: bool) -> ExitCode:
    console = make_console()

    async def cancel(request_id: str) -> None:
        status = await client.cancel(request_id)
        if is_json:
            print_json(job_record(status))
        else:
            print_line(console, request_id, status.state.value)

    return await each(request_ids, cancel)
