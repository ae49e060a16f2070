"""Makes a pipeline on the server: scripts may name chains before `octavo.init`, so `process` does it, too."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from octavo import session
from octavo.errors import AlreadyExistsError, NotFoundError, NotInitializedError

if TYPE_CHECKING:
    from octavo.facade.identity import Identity
    from octavo.session import Session

PIPELINE = "pipeline"
"""What the server calls one in ResourceInfo."""


def ready(pipeline: Identity) -> Session:
    """The session, the pipeline made on its server. Raises OctavoError; AlreadyExistsError: files of another chain."""
    current = session.current()
    try:
        current.run(current.client.create_pipeline(pipeline.pipeline, pipeline.module_chain))
    except AlreadyExistsError as error:
        raise _taken(error) from None
    return current


def make_if_connected(pipeline: Identity) -> None:
    """Before `init` nothing happens; nor if the name has files of another chain, which can be listed and deleted.

    Raises OctavoError.
    """
    with suppress(NotInitializedError, AlreadyExistsError):
        ready(pipeline)


def is_not_made(error: NotFoundError) -> bool:
    """Is it the pipeline that is not there? One without files behaves the same then: asking writes nothing."""
    return error.resource_type == PIPELINE


def _taken(error: AlreadyExistsError) -> AlreadyExistsError:
    return AlreadyExistsError(
        f"BAD REQUEST: you have at least one file on record with the same pipeline name and another chain: {error}",
        code=error.code,
        details=error.details,
    )
