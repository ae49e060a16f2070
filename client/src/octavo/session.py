"""The connection that `octavo.init` makes, for all that is called afterwards."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, TypeVar

from octavo.errors import Details, NotInitializedError
from octavo.runner import Runner

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Generator
    from typing import Any

    from octavo.client import Client

Result = TypeVar("Result")


class Session:
    """A client and the thread it lives in."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._runner = Runner()
        self._runner.run(client.__aenter__())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What `work` returns or raises."""
        return self._runner.run(work)

    def iterate(self, items: AsyncGenerator[Result]) -> Generator[Result]:
        """What `items` yields, one by one."""
        return self._runner.iterate(items)

    def close(self) -> None:
        """Hang up and end the thread."""
        self._runner.run(self.client.__aexit__(None, None, None))
        self._runner.close()


class _Current:
    """The one session of this process: a new `init` takes its place."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def get(self) -> Session:
        if self._session is None:
            raise NotInitializedError(
                "you are not authenticated: call octavo.init(api_key=..., api_url=...) first",
                details=Details(reason="NOT_INITIALIZED"),
            )
        return self._session

    def replace(self, session: Session | None) -> None:
        before, self._session = self._session, session
        if before is not None:
            before.close()


_current = _Current()
current = _current.get
"""The session that `init` made. Raises NotInitializedError."""


def start(client: Client) -> str:
    """Reach the server and show the credential; from now on this is the session.

    Returns how the server knew the caller: `api-key` or `none`. Raises OctavoError; there is no new session then.
    """
    session = Session(client)
    try:
        known_by = session.run(client.authenticate())
    except BaseException:
        session.close()
        raise
    _current.replace(session)
    return known_by


def stop() -> None:
    """Hang up; `init` starts anew. Idempotent."""
    _current.replace(None)


# The thread must end before the interpreter takes gRPC apart.
atexit.register(stop)
