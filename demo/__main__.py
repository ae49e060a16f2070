"""What `make demo` runs: a server on a temporary folder, documents in, their status live, the first snippets out.

`python -m demo [FILE ...]`; without files it writes samples of its own.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

import octavo
from demo.samples import write_samples
from demo.view import Row, table

PIPELINE = "demo"
SNIPPETS_SHOWN = 3
SNIPPET_CHARS_MAX = 90
READY = "listening on "

console = Console()


def main() -> int:
    """Run the demo; 0 if every document became snippets."""
    with tempfile.TemporaryDirectory(prefix="octavo-demo-") as scratch:
        folder = Path(scratch)
        given = [Path(name) for name in sys.argv[1:]]
        missing = [path for path in given if not path.is_file()]
        if missing:
            names = ", ".join(str(path) for path in missing)
            console.print(f'[red]No such file: {escape(names)}.[/] Check the names in FILES="...".')
            return 2
        documents = given or write_samples(folder)
        with served(folder) as address:
            rows = asyncio.run(parse(address, documents))
    console.print("[dim]The server has stopped; its temporary folder is gone.[/]")
    console.print(
        "\nNext: [bold]make serve[/] in one terminal, [bold].venv/bin/octavo process FILE[/] in another;"
        " the README has the rest."
    )
    return 0 if all(row.has_succeeded for row in rows) else 1


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server on a free port, with all its data in `folder`; its address."""
    started = time.monotonic()
    log = folder / "server.log"
    command = [sys.executable, "-m", "octavo_server", "serve"]
    with log.open("w") as errors:
        server = subprocess.Popen(  # noqa: S603  # our own program
            [*command, "--listen", "127.0.0.1:0", "--data-dir", str(folder / "data")],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith(READY):
            raise SystemExit(f"The server did not start:\n{log.read_text()}")
        address = line.removeprefix(READY).strip()
        console.print(
            Panel(
                f"[bold]octavo-server[/] is ready at [cyan]{address}[/] after {time.monotonic() - started:.1f} s\n"
                "[dim]gRPC with health and reflection; jobs durable in SQLite; modules in sandboxed children[/]",
                title="Octavo",
                title_align="left",
            )
        )
        yield address
    finally:
        server.terminate()
        server.wait()


async def parse(address: str, documents: list[Path]) -> list[Row]:
    """Submit all documents at once, show how they do, then what came out."""
    rows = [Row(path) for path in documents]
    async with octavo.Client(address) as client:
        await client.create_pipeline(PIPELINE, ["parser"])
        with Live(get_renderable=lambda: table(rows), console=console, refresh_per_second=12):
            await asyncio.gather(*(follow(client, row) for row in rows))
        if not console.is_terminal:
            # Only on a terminal does the live table end its last line.
            console.print()
        for row in rows:
            if row.has_succeeded and row.request_id:
                show(row, (await client.fetch_output(row.request_id)).json())
    return rows


async def follow(client: octavo.Client, row: Row) -> None:
    """One document's way, as its watch tells it."""
    try:
        job = await client.process(PIPELINE, row.path)
        row.request_id = job.request_id
        async for status in client.watch(job.request_id):
            row.see(status)
    except octavo.OctavoError as error:
        row.refuse(str(error))


def show(row: Row, snippets: list[dict[str, object]]) -> None:
    """The first snippets with the lines they came from."""
    console.print(f"\n[bold]{escape(row.path.name)}[/] [dim]{len(snippets)} snippets; the first:[/]")
    grid = Table.grid(Column(justify="right", no_wrap=True), Column(), padding=(0, 2, 0, 0))
    for snippet in snippets[:SNIPPETS_SHOWN]:
        lines = snippet["line_numbers"]
        assert isinstance(lines, list)
        where = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}-{lines[-1]}"
        words = " ".join(str(snippet["snippet"]).split())
        text = words if len(words) <= SNIPPET_CHARS_MAX else f"{words[:SNIPPET_CHARS_MAX]} ..."
        grid.add_row(Text(where, style="cyan"), Text(text))
    console.print(Padding(grid, (0, 0, 0, 2)))


if __name__ == "__main__":
    sys.exit(main())
