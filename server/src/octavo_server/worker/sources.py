"""A task's input, as the open file that a child gets."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO

COPY_BYTES = 16 * 1024 * 1024
"""Copied in one step, away from the event loop."""


@asynccontextmanager
async def open_source(source: bytes | BinaryIO) -> AsyncIterator[int]:
    """The descriptor of an unnamed file with these bytes; raises OSError if this process can't make one.

    A file is copied, from the kernel to the kernel: no child may open a path below the server's folders, and Tika opens
    its document again, by /proc/self/fd. Systems without memory files have no such rules: they pass the file itself.
    """
    if isinstance(source, bytes):
        with _memory_file() as memory:
            memory.write(source)
            memory.flush()
            yield memory.fileno()
    elif sys.platform == "linux":
        with _memory_file() as memory:
            await _copy(source.fileno(), memory.fileno())
            yield memory.fileno()
    else:
        yield source.fileno()


def _memory_file() -> BinaryIO:
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("document", os.MFD_CLOEXEC), "wb")
    return tempfile.TemporaryFile()


async def _copy(source: int, target: int) -> None:
    offset = 0
    while copied := await _copied(source, target, offset):
        offset += copied


async def _copied(source: int, target: int, offset: int) -> int:
    step = asyncio.create_task(asyncio.to_thread(os.sendfile, target, source, offset, COPY_BYTES), name="copy input")
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        # A thread can't be stopped, and both files are closed after this: not under its hands.
        await asyncio.wait([step])
        raise
