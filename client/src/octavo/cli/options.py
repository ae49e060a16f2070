"""The options that several commands have."""

from typing import Annotated

import typer

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
RequestIds = Annotated[list[str], typer.Argument(metavar="ID...", help="The request ids that `process` printed.")]
RequestId = Annotated[str, typer.Argument(metavar="ID", help="The request id that `process` printed.")]
