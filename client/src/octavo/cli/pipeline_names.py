"""Asks for the names of pipelines, for a shell that completes."""

import asyncio
import os

from octavo.cli.options import SERVER_DEFAULT
from octavo.client import Client
from octavo.errors import OctavoError
from octavo.retry import Patience


def pipeline_names(server: str | None, api_key: str | None, seconds_max: float) -> list[str]:
    """The names; none if the server does not give them in time."""
    address = server or os.environ.get("OCTAVO_SERVER") or SERVER_DEFAULT
    key = api_key or os.environ.get("OCTAVO_API_KEY")
    try:
        return asyncio.run(asyncio.wait_for(_names(address, key), seconds_max))
    except (OctavoError, OSError, TimeoutError):
        return []


async def _names(address: str, api_key: str | None) -> list[str]:
    # No patience: the first refusal is the answer.
    patience = Patience(first_contact_seconds_max=0.0, unavailable_seconds_max=0.0)
    async with Client(address, api_key=api_key, patience=patience) as client:
        return [info.name for info in await client.list_pipelines()]
