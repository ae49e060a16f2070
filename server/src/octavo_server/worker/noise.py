"""What a child writes to stderr, for the server's log."""

import asyncio
import os

import structlog

STDERR_CHARS_MAX = 16 * 1024
"""What one child may add to the server's log in its life."""

log = structlog.get_logger()


class _LogLines(asyncio.Protocol):
    """Logs what arrives, up to a bound; then it closes the pipe, and the child's writes fail."""

    def __init__(self) -> None:
        self.pid = 0
        self._chars = 0
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        text = printable(data)[: STDERR_CHARS_MAX - self._chars]
        self._chars += len(text)
        if text:
            log.warning("child wrote to stderr", pid=self.pid, text=text)
        if self._chars >= STDERR_CHARS_MAX and self._transport:
            self._transport.close()


def printable(data: bytes) -> str:
    """The text, with an escape for each character that a terminal or a reader of the log could take for more."""
    text = data.decode(errors="replace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


async def log_pipe() -> tuple[_LogLines, int]:
    """A pipe whose other end is logged: the log's end, and the descriptor to write to."""
    read_end, write_end = os.pipe()
    pipe = os.fdopen(read_end, "rb", buffering=0)
    try:
        _, log_lines = await asyncio.get_running_loop().connect_read_pipe(_LogLines, pipe)
    except BaseException:
        pipe.close()
        os.close(write_end)
        raise
    return log_lines, write_end
