"""`octavo process`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from octavo.arguments import valid_directory
from octavo.cli.completion import complete_pipeline
from octavo.cli.connecting import make_client
from octavo.cli.failures import BadInputError, ExitCode, tell
from octavo.cli.live import LiveView
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Description, Expire, PriorityName, Server, Tags
from octavo.cli.printing import make_console
from octavo.cli.submission import Order, Submission
from octavo.cli.tags import tags_of
from octavo.cli.times import seconds_of
from octavo.client import Client
from octavo.statuses import Priority

EXAMPLES = """  octavo process report.pdf notes.txt --save-dir output
  octavo process *.pdf --pipeline extract --keep-names --dir /reports --tag year=2026 --expire 7d
  octavo process a.txt --model fixed --param chunk_size=12 --param overlap_size=3
  octavo process a.txt --pipeline my-words --model parser:fixed --param parser:chunk_size=12
  octavo process a.txt --no-wait --json | jq -r .request_id"""


def command(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE", help="The documents.", show_default=False)],
    *,
    pipeline: Annotated[
        str,
        typer.Option(
            "--pipeline",
            "-p",
            metavar="NAME",
            help="The pipeline; a module's name makes a pipeline of that module.",
            autocompletion=complete_pipeline,
        ),
    ] = "parser",
    save_directory: Annotated[
        Path, typer.Option("--save-dir", metavar="DIR", help="Where outputs are saved; made if it is not there.")
    ] = Path(),
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Leave as soon as the jobs are durable.")] = False,
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="[KEY:]MODEL",
            help="The model of the first module, or of module KEY.",
            show_default=False,
        ),
    ] = None,
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            metavar="[KEY:]NAME=VALUE",
            help="A param of that model; may be given more than once.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="The file's name there; default: generated. For one FILE.")
    ] = "",
    keeps_names: Annotated[
        bool, typer.Option("--keep-names", help="File each there under the name it has here.")
    ] = False,
    directory: Annotated[
        str, typer.Option("--dir", metavar="DIR", help="Where to file them there; default: /etc.")
    ] = "",
    tags: Tags = None,
    description: Description = None,
    expire: Expire = "",
    priority: Annotated[
        PriorityName, typer.Option("--priority", metavar="low|normal|high", help="Which waiting job goes first.")
    ] = PriorityName.NORMAL,
    is_json: AsJson = False,
    server: Server = SERVER_DEFAULT,
    api_key: ApiKey = None,
) -> int:
    """Submit documents, show live what happens to them, save what comes out.

    Exit codes: 0 ok, 1 a job failed, 2 bad input or refused, 3 no server, 130 interrupted, 141 whoever
    read the output left (as `head` does).
    """
    _check_files(paths)
    if name and len(paths) > 1:
        raise BadInputError("--name is for one FILE: two files can't have one name")
    if name and keeps_names:
        raise BadInputError("--name and --keep-names exclude each other")
    order = Order(
        pipeline=pipeline,
        save_directory=_made(save_directory),
        is_waiting=not no_wait,
        is_json=is_json,
        models=tuple(models or ()),
        params=tuple(params or ()),
        file_name=name,
        keeps_names=keeps_names,
        directory=directory,
        tags=tags_of(tags),
        description=description,
        expire_seconds=seconds_of(expire, "--expire") if expire else None,
        priority=Priority[priority.name],
    )
    return _submitted(make_client(server, api_key), order, paths)


def _submitted(client: Client, order: Order, paths: Sequence[Path]) -> ExitCode:
    with LiveView(make_console(), is_silent=order.is_json) as view:
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


def _check_files(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.is_dir():
            raise BadInputError(f"{path} is a directory: name the files in it")
        if not path.exists():
            raise BadInputError(f"{path}: there is no such file")


def _made(directory: Path) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    return valid_directory(directory)
