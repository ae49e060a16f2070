"""`octavo snippets`."""

import sys
from contextlib import aclosing

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode, tell
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, ModuleKey, RequestId, Server
from octavo.cli.printing import make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import CONTROLS
from octavo.client import Client
from octavo.files import Snippet

EXAMPLES = """  octavo snippets 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b
  octavo snippets 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b | cut -f 2
  octavo snippets 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b --json | jq .line_numbers"""

LINES_COLUMNS = 11


def command(
    request_id: RequestId,
    *,
    module: ModuleKey = "",
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Print the snippets of a job, with their lines.

    Off a terminal: a line a snippet, with a tab between the lines it comes from (4 or 4-6) and its text, whose line
    breaks become spaces; --json keeps them.
    """
    return ask(server, api_key, lambda client: _print(client, request_id, module, is_json=is_json))


async def _print(client: Client, request_id: str, module: str, *, is_json: bool) -> ExitCode:
    console = make_console()
    count = 0
    async with aclosing(client.snippets(request_id, module=module)) as snippets:
        async for snippet in snippets:
            count += 1
            if is_json:
                print_json(record(snippet))
            else:
                _show(console, snippet)
    if not count:
        tell("no snippets")
    sys.stdout.flush()
    return ExitCode.OK


def _show(console: Console, snippet: Snippet) -> None:
    lines, text = lines_text(snippet.line_numbers), snippet.snippet.translate(CONTROLS)
    if not console.is_terminal:
        sys.stdout.write(f"{lines}\t{text}\n")
        return
    row = Table.grid(Column(min_width=LINES_COLUMNS), Column(overflow="fold"))
    row.add_row(Text(f"line {lines}" if lines else "", style="dim"), Text(text))
    console.print(row)


def lines_text(numbers: tuple[int, ...]) -> str:
    """`4`, or `4-6` for the first and the last of several."""
    if not numbers:
        return ""
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
