"""A TCP proxy that cuts its connections when a test wants it, as networks do."""

import asyncio
from contextlib import suppress
from typing import Self

READ_BYTES = 64 * 1024


class CuttingProxy:
    """Stands before the server at `upstream`. `cut_after` holds, for each cut to come, how many further bytes from the
    client pass before it."""

    def __init__(self, upstream: str) -> None:
        self._host, _, port = upstream.rpartition(":")
        self._port = int(port)
        self.address = ""
        self.cut_after: list[int] = []
        self.cuts = 0
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Drop all connections now."""
        self.cuts += 1
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
            self._writers |= {writer, up_writer}
            await asyncio.gather(self._pump(reader, up_writer, may_cut=True), self._pump(up_reader, writer))
        writer.transport.abort()
        self._writers.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, may_cut: bool = False) -> None:
        passed = 0
        with suppress(ConnectionError):
            while data := await reader.read(READ_BYTES):
                passed += len(data)
                writer.write(data)
                await writer.drain()
                if may_cut and self.cut_after and passed >= self.cut_after[0]:
                    self.cut_after.pop(0)
                    self.cut()
        writer.close()
