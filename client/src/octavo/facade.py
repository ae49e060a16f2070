"""For scripts: `init`, `create_pipeline`, `reset_pipeline`, as the hosted product has them. Synchronous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import arguments, narration, session
from octavo.arguments import told
from octavo.client import Client
from octavo.errors import invalid_argument
from octavo.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence

KNOWN_BY_KEY = "api-key"


@told
def init(*, api_key: str, api_url: str) -> None:
    """Connect to a server and show it the key; everything called afterwards uses this connection.

    Prints a line that starts with `SUCCESS:`. May be called again, for another server or key.
    Raises UnauthenticatedError for a key the server does not know, UnavailableError if none answers.

    Args:
        api_key: the key; any text will do for a server that asks for none.
        api_url: `host:port` or `http://host:port` (no TLS), `https://host:port` (TLS).
    """
    if None in (api_key, api_url):
        raise invalid_argument("api_key, api_url", "api_key and api_url cannot be None")
    arguments.check_texts(api_key=api_key, api_url=api_url)
    client = Client(api_url, api_key=api_key, on_lost=narration.lost)
    if session.start(client) == KNOWN_BY_KEY:
        _say("SUCCESS: You are now authenticated.")
    else:
        _say(f"SUCCESS: You are now connected to {client.target}; this server asks for no API key.")


@told
def create_pipeline(*, name: str, module_chain: Sequence[str]) -> Pipeline:
    """Make a pipeline on the server, or find it if name and chain are the same.

    Raises TypeError, InvalidArgumentError (a ValueError: a bad name, an unknown module, modules that don't fit), and
    AlreadyExistsError (a ValueError) if the name has another chain and files on record.
    """
    arguments.check_chain(name, module_chain)
    current = session.current()
    info = current.run(current.client.create_pipeline(name, module_chain))
    return Pipeline(name=info.name, module_chain=info.module_chain)


@told
def reset_pipeline(pipeline: Pipeline) -> None:
    """Delete all that this pipeline holds: files, outputs, status; running jobs are stopped."""
    if not isinstance(pipeline, Pipeline):
        raise TypeError("pipeline must be what create_pipeline returned, not a name")
    current = session.current()
    current.run(current.client.reset_pipeline(pipeline.pipeline))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 # The hosted product's `init` prints, and so does ours.
