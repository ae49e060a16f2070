"""`octavo.init` and what it left behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

from octavo import arguments, narration, session
from octavo.arguments import told
from octavo.client import Client
from octavo.errors import InvalidArgumentError
from octavo.facade.refusals import refused, renamed

KNOWN_BY_KEY = "api-key"
LOGIN_WORKED, LOGIN_FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Login:
    """What the last `init` was given, and how it went."""

    api_key: str | None = None
    api_url: str | None = None
    check_value: int | None = None
    """None before the first `init`, 0 if it worked, 1 if it failed."""


class _Last:
    def __init__(self) -> None:
        self.login = Login()


_last = _Last()


def last() -> Login:
    """The last login."""
    return _last.login


@told
def init(*, api_key: str, api_url: str) -> None:
    """Connect to a server and show it the key; everything called afterwards uses this connection.

    Prints a line that starts with `SUCCESS:`. May be called again, for another server or key.
    If it fails, what was connected before is not any more: calls raise NotInitializedError until it worked again.
    Raises UnauthenticatedError for a key the server does not know, UnavailableError if none answers.

    Args:
        api_key: the key; any text will do for a server that asks for none.
        api_url: `host:port` or `http://host:port` (no TLS), `https://host:port` (TLS).
    """
    if None in (api_key, api_url):
        raise refused("api_key, api_url", "api_key and api_url cannot be None")
    arguments.check_texts(api_key=api_key, api_url=api_url)
    _last.login = Login(api_key, api_url, LOGIN_FAILED)
    # If this fails, nothing may go on with the server and the key of before.
    session.stop()
    client = _client(api_key, api_url)
    known_by = session.start(client)
    _last.login = replace(_last.login, check_value=LOGIN_WORKED)
    if known_by == KNOWN_BY_KEY:
        narration.say("SUCCESS: You are now authenticated.")
    else:
        narration.say(f"SUCCESS: You are now connected to {client.target}; this server asks for no API key.")


def _client(api_key: str, api_url: str) -> Client:
    try:
        return Client(api_url, api_key=api_key, on_lost=narration.lost)
    except InvalidArgumentError as error:
        raise renamed(error, {"address": "api_url"}) from None


@told
def check_init_data() -> dict[str, str | int | None]:
    """What the last `init` was given: `api_key`, `api_url`, and `api_check_val`.

    That is None before the first `init`, 0 if it worked, 1 if it failed.
    """
    login = last()
    return {"api_key": login.api_key, "api_url": login.api_url, "api_check_val": login.check_value}
