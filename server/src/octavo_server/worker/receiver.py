"""Reads what a child writes, frame by frame."""

import asyncio
import hashlib
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from octavo_server.ports.runner import Spooled
from octavo_server.worker.frames import PREFIX, Header, unpack_header, unpack_prefix

SPOOLED_BYTES_MIN = 1024 * 1024
"""A payload of this size goes into a file as it comes: the server's memory does not grow with its outputs."""
_READ_BYTES_MAX = 256 * 1024


class ChildEndedError(Exception):
    """The child closed its socket."""


class Receiver:
    """The parent's end of the socket, for reading."""

    def __init__(self, end: socket.socket, *, payload_bytes_max: int, spool_folder: Path | None) -> None:
        self._end = end
        self._payload_bytes_max = payload_bytes_max
        self._spool_folder = spool_folder
        self._received = bytearray()

    def is_silent(self) -> bool:
        """Has the child written nothing that was not read, and not hung up?"""
        try:
            self._end.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return self.is_read
        except OSError:
            return False
        # It wrote something, or hung up.
        return False

    @property
    def is_read(self) -> bool:
        """Is nothing left of what came from the socket?"""
        return not self._received

    async def frame(self, *, payload_factor: int = 1) -> tuple[Header, bytes | Spooled]:
        """The next frame, whose payload may have `payload_factor` times the usual bytes.

        Raises ChildEndedError, MalformedFrameError; OSError if a file can't be written.
        """
        header_bytes, payload_bytes = unpack_prefix(
            await self._receive(PREFIX.size), payload_bytes_max=self._payload_bytes_max * payload_factor
        )
        header = unpack_header(await self._receive(header_bytes))
        if payload_bytes < SPOOLED_BYTES_MIN:
            return header, await self._receive(payload_bytes)
        return header, await self._spooled(payload_bytes)

    async def _receive(self, size: int) -> bytes:
        # A whole frame mostly comes at once: each wait for the socket costs the event loop more than a copy.
        while len(self._received) < size:
            self._received += await self._read()
            if len(self._received) < size:
                # The loop of asyncio gives nobody else a turn as long as there is something to read.
                await asyncio.sleep(0)
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    async def _spooled(self, size: int) -> Spooled:
        file: BinaryIO = tempfile.TemporaryFile(dir=self._spool_folder)  # noqa: SIM115  # whoever gets it closes it
        try:
            digest = hashlib.sha256()
            rest = size
            while rest:
                chunk = await self._receive(min(rest, len(self._received))) if self._received else await self._read()
                if len(chunk) > rest:
                    self._received += chunk[rest:]
                    chunk = chunk[:rest]
                await _in_thread(_add, file, digest, chunk)
                rest -= len(chunk)
            await _in_thread(file.seek, 0)
        except BaseException:
            file.close()
            raise
        return Spooled(file=file, size_bytes=size, sha256=digest.hexdigest())

    async def _read(self) -> bytes:
        chunk = await asyncio.get_running_loop().sock_recv(self._end, _READ_BYTES_MAX)
        if not chunk:
            raise ChildEndedError
        return chunk


async def _in_thread(work: Callable[..., object], *arguments: object) -> None:
    step = asyncio.create_task(asyncio.to_thread(work, *arguments), name="spool output")
    try:
        await asyncio.shield(step)
    except asyncio.CancelledError:
        # A thread can't be stopped, and the file is closed after this: not under its hands.
        await asyncio.wait([step])
        raise


def _add(file: BinaryIO, digest: "hashlib._Hash", chunk: bytes) -> None:
    file.write(chunk)
    digest.update(chunk)
