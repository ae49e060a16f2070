"""The client of a command."""

from octavo.cli.failures import tell
from octavo.client import Client


def make_client(server: str, api_key: str | None) -> Client:
    """A client that says on stderr when it waits for a server that is gone."""
    return Client(server, api_key=api_key, on_lost=_tell_lost)


def _tell_lost(target: str, seconds: float) -> None:
    tell(f"no server at {target}; trying again for {seconds:g} s")
