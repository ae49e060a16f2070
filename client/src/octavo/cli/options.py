"""The options and arguments that several commands have."""

from enum import StrEnum
from typing import Annotated

import typer

from octavo.cli.completion import complete_pipeline
from octavo.statuses import JobState

SERVER_DEFAULT = "127.0.0.1:50051"

Server = Annotated[
    str,
    typer.Option(
        "--server",
        envvar="OCTAVO_SERVER",
        metavar="HOST:PORT",
        help="The server; https://HOST:PORT for TLS.",
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        envvar="OCTAVO_API_KEY",
        metavar="KEY",
        help="The key to show the server.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, and nothing else, on stdout.")]
IsSure = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask; needed where there is no terminal to ask on.")]
RequestIds = Annotated[
    list[str],
    typer.Argument(metavar="REQUEST_ID", help="The ids that `process` and `jobs` print.", show_default=False),
]
RequestId = Annotated[
    str, typer.Argument(metavar="REQUEST_ID", help="The id that `process` and `jobs` print.", show_default=False)
]
Pipeline = Annotated[
    str,
    typer.Argument(
        metavar="PIPELINE",
        help="The pipeline's name; `octavo pipelines` lists them.",
        autocompletion=complete_pipeline,
        show_default=False,
    ),
]
PipelineOption = Annotated[
    str,
    typer.Option(
        "--pipeline",
        "-p",
        metavar="NAME",
        help="Only jobs of this pipeline.",
        autocompletion=complete_pipeline,
        show_default=False,
    ),
]
States = Annotated[
    list[JobState] | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help=f"Only those whose job is in this state: {', '.join(JobState)}; may be given more than once.",
    ),
]
CountMax = Annotated[int, typer.Option("--max", metavar="N", min=1, help="At most so many.")]
ModuleKey = Annotated[
    str,
    typer.Option(
        "--module",
        metavar="KEY",
        help="Whose output: the module's key, as `status` prints it; default: the last module's.",
        show_default=False,
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="KEY=VALUE", help="A tag; may be given more than once.", show_default=False),
]
Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="At most 256 characters.", show_default=False),
]
Expire = Annotated[
    str,
    typer.Option(
        "--expire",
        metavar="TIME",
        help="Remove everything about it after so long, from now: seconds, or 30m, 2h, 7d.",
        show_default=False,
    ),
]


class PriorityName(StrEnum):
    """Which waiting job goes first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
