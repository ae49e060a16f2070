"""`octavo process`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from octavo.arguments import valid_directory
from octavo.cli.connecting import make_client
from octavo.cli.failures import BadInputError, ExitCode, tell
from octavo.cli.live import LiveView
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Server
from octavo.cli.printing import make_console
from octavo.cli.submission import Order, Submission
from octavo.client import Client


def process(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The documents.", show_default=False)],
    *,
    pipeline: Annotated[
        str, typer.Option(metavar="NAME", help="The pipeline; a module's name makes a pipeline of that module.")
    ] = "parser",
    save_directory: Annotated[
        Path, typer.Option("--save-dir", metavar="DIR", help="Where outputs are saved; made if it is not there.")
    ] = Path(),
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Leave as soon as the jobs are durable.")] = False,
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="The model of the pipeline's first module.", show_default=False)
    ] = "",
    params: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A param of that model; may be given more than once."),
    ] = None,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Submit documents, show live what happens to them, save what comes out.

    Exit codes: 0 ok, 1 a job failed, 2 bad input or refused, 3 no server, 130 interrupted.
    """
    _check_files(paths)
    order = Order(
        pipeline=pipeline,
        save_directory=_made(save_directory),
        is_waiting=not no_wait,
        is_json=is_json,
        model=model,
        params=dict(_param(text) for text in params or ()),
    )
    client = make_client(server, api_key)
    with LiveView(make_console(), is_silent=is_json) as view:
        submission = Submission(client, order, view, paths)
        try:
            return asyncio.run(_run(client, submission))
        except KeyboardInterrupt:
            interrupted = submission.unfinished
    if interrupted:
        tell(f"the jobs go on; watch them with `octavo watch {' '.join(interrupted)}`")
    return ExitCode.INTERRUPTED


async def _run(client: Client, submission: Submission) -> ExitCode:
    async with client:
        return await submission.run()


def _check_files(paths: list[Path]) -> None:
    for path in paths:
        if path.is_dir():
            raise BadInputError(f"{path} is a directory: name the files in it")
        if not path.exists():
            raise BadInputError(f"{path}: there is no such file")


def _made(directory: Path) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    return valid_directory(directory)


def _param(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadInputError(f"--param {text}: must be NAME=VALUE, e.g. chunk_size=10")
    try:
        return name, json.loads(value)
    except ValueError:
        # Not JSON: a text without quotes.
        return name, value
