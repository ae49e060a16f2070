"""What a relay found, on its way to the child that asked."""

import asyncio
import socket

from octavo_server.ports.runner import Refused, Spooled, Succeeded
from octavo_server.worker.frames import pack
from octavo_server.worker.messages import outcome_header

_CHUNK_BYTES = 256 * 1024


async def send_answer(end: socket.socket, outcome: Succeeded | Refused, number: str) -> None:
    """Write the frame of an outcome to a child that works on task `number`, as fast as it reads."""
    header = outcome_header(outcome) | {"task": number}
    send = asyncio.get_running_loop().sock_sendall
    output = outcome.output if isinstance(outcome, Succeeded) else b""
    if isinstance(output, Spooled):
        with output.file as file:
            await send(end, pack(header, output.size_bytes))
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                await send(end, chunk)
    else:
        await send(end, pack(header, len(output)))
        await send(end, output)
