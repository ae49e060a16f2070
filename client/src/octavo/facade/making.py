"""Makes a pipeline on the server, as late as possible: scripts may name chains before `octavo.init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import session
from octavo.errors import AlreadyExistsError, NotInitializedError

if TYPE_CHECKING:
    from octavo.facade.identity import Identity
    from octavo.session import Session


def ready(pipeline: Identity, *, takes_chain: bool = False) -> Session:
    """The session, the pipeline made on its server.

    The name may have files of another chain: they can be listed and deleted all the same. Raises OctavoError;
    AlreadyExistsError only if the server must take this chain.
    """
    current = session.current()
    try:
        current.run(current.client.create_pipeline(pipeline.pipeline, pipeline.module_chain))
    except AlreadyExistsError as error:
        if takes_chain:
            raise _taken(error) from None
    return current


def make_if_connected(pipeline: Identity) -> None:
    """Before `init` nothing happens. Raises OctavoError."""
    try:
        session.current()
    except NotInitializedError:
        return
    ready(pipeline)


def _taken(error: AlreadyExistsError) -> AlreadyExistsError:
    return AlreadyExistsError(
        f"BAD REQUEST: you have at least one file on record with the same pipeline name and another chain: {error}",
        code=error.code,
        details=error.details,
    )
