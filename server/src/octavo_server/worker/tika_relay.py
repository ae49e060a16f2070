"""Has a second pool of children, which may connect to the Tika Server, read what other children ask for."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace

import structlog

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.extractors.base import UNAVAILABLE
from octavo_server.ports.runner import Crashed, Outcome, Refused, Succeeded, Task
from octavo_server.relays.endpoint import Endpoint
from octavo_server.relays.tika_server import NAME, UTF_8_BYTES_MAX
from octavo_server.worker.frames import MalformedFrameError
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.process import ChildUnusableError
from octavo_server.worker.sandbox import Sandbox

SHARE_OF_TIME_MAX = 0.5
"""Of what its task has left: the rest is for the extractor that comes after Tika Server."""
ADDRESSES_MAX = 4
"""Of the server's host that are tried."""
_OF_THE_DOCUMENT = frozenset({"NO_TEXT", "DOCUMENT_ENCRYPTED", "DOCUMENT_DAMAGED", "OUTPUT_TOO_LARGE", UNAVAILABLE})
"""Reasons that the relay itself gives. All others are about its process."""

log = structlog.get_logger()


def relay_limits(limits: ChildLimits, url: str) -> ChildLimits:
    """The limits of a relay's process, for the text that a child of `limits` may have."""
    # A text of more characters than the child's output may have bytes is of no use to it.
    output_bytes_max = limits.output_bytes_max * UTF_8_BYTES_MAX
    return replace(limits, output_bytes_max=output_bytes_max, connect_port=Endpoint.from_url(url).port)


class TikaRelay:
    """Answers the children that ask for Tika Server, as worker/process.py says. `sandbox` runs the relays."""

    def __init__(self, *, url: str, seconds_max: float, sandbox: Sandbox) -> None:
        self._url = url
        self._endpoint = Endpoint.from_url(url)
        self._seconds_max = seconds_max
        self._sandbox = sandbox

    async def run(self, extractor: str, task: Task, source: int) -> Succeeded | Refused:
        """What Tika Server makes of the document, or why nothing, within half of the time that `task` has left."""
        if extractor != NAME:
            raise MalformedFrameError("the child asked for an extractor that is not there")
        seconds_max = min(self._seconds_max, task.seconds_max * SHARE_OF_TIME_MAX)
        try:
            async with asyncio.timeout(seconds_max):
                addresses = await self._addresses()
                if not addresses:
                    return Refused(UNAVAILABLE, "Tika Server can't be reached: the name of its host is not known")
                return _told(await self._outcome(task, source, addresses))
        except TimeoutError:
            return Refused(UNAVAILABLE, f"Tika Server did not answer within {seconds_max:.3g} s")

    async def _outcome(self, task: Task, source: int, addresses: Sequence[str]) -> Outcome:
        params = {"url": self._url, "addresses": list(addresses)}
        run = ModuleRun(name=NAME, key=NAME, model="", params=params)
        while True:
            async with self._sandbox.child() as child:
                try:
                    # The caller's clock is the one that counts.
                    return await child.run_on(source, replace(task, run=run), _ignore)
                except ChildUnusableError:
                    continue

    async def _addresses(self) -> list[str]:
        """The host's addresses, none if it is not known. Relays ask no name server: they need not be trusted to."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._endpoint.host, self._endpoint.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return list(dict.fromkeys(str(address[0]) for *_, address in found))[:ADDRESSES_MAX]


def _told(outcome: Outcome) -> Succeeded | Refused:
    match outcome:
        case Succeeded(index=None):
            return outcome
        case Succeeded():
            # No relay makes a search index: this is none of ours any more.
            outcome.close()
            outcome = Crashed("CHILD_DIED", "a relay made an index")
        case Refused(reason="MEMORY_LIMIT") | Crashed(reason="MEMORY_LIMIT"):
            return Refused(UNAVAILABLE, "the answer of Tika Server takes too much memory")
        case Refused(reason=reason) if reason in _OF_THE_DOCUMENT:
            return outcome
    log.warning("relay to Tika Server failed", reason=outcome.reason)
    return Refused(UNAVAILABLE, "the process that talks to Tika Server failed")


def _ignore(_progress: Progress) -> None:
    """A relay reports none."""
