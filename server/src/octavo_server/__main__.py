"""`octavo-server serve`: parse arguments, read settings, run."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import structlog

from octavo_server.api_keys import ApiKeysError, read_api_keys
from octavo_server.bootstrap import serve
from octavo_server.domain.ids import TenantId
from octavo_server.engines.sqlite import DataDirError
from octavo_server.garbage import calm_garbage_collection
from octavo_server.logs import configure_logs
from octavo_server.modules.plug_ins import PlugInError
from octavo_server.rpc.server import AddressError
from octavo_server.settings import Settings, SettingsError, read_settings

USAGE_EXIT_CODE = 2

log = structlog.get_logger()


def main() -> None:
    """The `octavo-server` command."""
    options = {name: value for name, value in vars(_parser().parse_args()).items() if value is not None}
    options.pop("command")
    configure_logs()
    try:
        settings = read_settings(options, os.environ)
        _check_exposure(settings)
        keys = read_api_keys(settings.api_keys_file) if settings.api_keys_file else None
        _run(settings, keys)
    except (SettingsError, ApiKeysError, AddressError, DataDirError, PlugInError) as error:
        sys.exit(_told(error))


def _run(settings: Settings, keys: Mapping[str, TenantId] | None) -> None:
    calm_garbage_collection()
    running = serve(settings, keys, _ready)
    try:
        import uvloop  # noqa: PLC0415  # not there on every platform
    except ImportError:
        asyncio.run(running)
    else:
        uvloop.run(running)


def _ready(address: str) -> None:
    sys.stdout.write(f"listening on {address}\n")
    sys.stdout.flush()


def _check_exposure(settings: Settings) -> None:
    if settings.is_loopback or settings.api_keys_file:
        return
    if not settings.insecure:
        raise SettingsError(
            f"{settings.listen} can be reached from other machines, and no API keys are set up: give --api-keys-file, "
            "or --insecure to serve everybody, or listen on 127.0.0.1"
        )
    log.warning("serving everybody who can reach this address", listen=settings.listen, reason="--insecure")


def _told(error: Exception) -> int:
    sys.stderr.write(f"octavo-server: {error}\n")
    return USAGE_EXIT_CODE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="octavo-server",
        description="Accepts documents over gRPC, runs them through module chains, pushes their status.",
    )
    parser.add_argument("--version", action="version", version=f"octavo-server {version('octavo-server')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serving = commands.add_parser(
        "serve",
        help="run a server until SIGTERM",
        description="Run a server until SIGTERM or Ctrl-C. Prints `listening on HOST:PORT` when it can be called; "
        "logs on stderr. Every option can also be set as OCTAVO_NAME.",
    )
    serving.add_argument("--listen", metavar="HOST:PORT", help="default 127.0.0.1:50051; port 0 picks a free one")
    serving.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where jobs and documents are kept; default ./octavo-data"
    )
    serving.add_argument(
        "--workers", type=int, metavar="N", help="child processes that run modules; default: one a processor"
    )
    serving.add_argument(
        "--api-keys-file", type=Path, metavar="FILE", help="lines `TENANT KEY`; every call then needs one of the keys"
    )
    serving.add_argument(
        "--tika-url", metavar="URL", help="a Tika Server that reads what nothing else can, like http://127.0.0.1:9998"
    )
    serving.add_argument("--insecure", action="store_true", default=None, help="serve other machines without API keys")
    return parser


if __name__ == "__main__":
    main()
