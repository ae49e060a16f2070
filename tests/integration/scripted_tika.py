"""An HTTP server that behaves as a Tika Server at its worst: each request meets the next of its behaviours."""

import gzip
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

TEXT = "Read by a scripted server."
FINE = json.dumps(
    [{"X-TIKA:content": f"\n\n{TEXT}\n", "Content-Type": "application/pdf", "xmpTPg:NPages": "3", "dc:title": "Script"}]
).encode()


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


class Exchange(BaseHTTPRequestHandler):
    """One request; `server` is a ScriptedTika's."""

    server: "_Server"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        tika = self.server.tika
        tika.requests.append(Request(self.path, dict(self.headers), body))
        tika.has_request.set()
        behaviour = tika.behaviours[min(len(tika.requests), len(tika.behaviours)) - 1]
        try:
            behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever called has gone, as it may.
            self.close_connection = True

    def answer(self, status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


Behaviour = Callable[[Exchange], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tika: "ScriptedTika"


class ScriptedTika:
    """Listens while it is entered. The last behaviour holds for all later requests."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = behaviours
        self.requests: list[Request] = []
        self.has_request = threading.Event()
        self.is_over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), Exchange)
        self._server.tika = self

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="scripted Tika Server").start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


def is_fine(exchange: Exchange) -> None:
    exchange.answer(200, FINE)


def is_busy(exchange: Exchange) -> None:
    exchange.answer(503)


def can_not_read_it(exchange: Exchange) -> None:
    exchange.answer(422)


def finds_nothing(exchange: Exchange) -> None:
    exchange.answer(204)


def fails(exchange: Exchange) -> None:
    exchange.answer(500, b"java.lang.NullPointerException: SECRET")


def sends_elsewhere(exchange: Exchange) -> None:
    exchange.answer(307, Location=f"http://127.0.0.1:{exchange.server.tika.port}/elsewhere")


def hangs(exchange: Exchange) -> None:
    exchange.server.tika.is_over.wait()


def trickles(exchange: Exchange) -> None:
    """Never silent for long, never done."""
    exchange.answer(200, length=10**9)
    while not exchange.server.tika.is_over.wait(0.05):
        exchange.wfile.write(b" ")


def resets(exchange: Exchange) -> None:
    exchange.close_connection = True
    # With a linger time of 0 the connection is reset, not closed.
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    exchange.connection.close()


def stops_halfway(exchange: Exchange) -> None:
    exchange.answer(200, FINE[:20], length=len(FINE))
    exchange.close_connection = True


def answers_without_end(exchange: Exchange) -> None:
    exchange.answer(200, b'[{"X-TIKA:content": "', length=10**12)
    while True:
        exchange.wfile.write(b"x" * 1024 * 1024)


def answers_nonsense(exchange: Exchange) -> None:
    exchange.answer(200, b"<html>Welcome</html>")


def answers_another_shape(exchange: Exchange) -> None:
    exchange.answer(200, b'[{"X-TIKA:content": {"a": 1}}]')


def answers_too_many_parts(exchange: Exchange) -> None:
    """10 MB, and thirty times that when it is read."""
    exchange.answer(200, b"[{}" + 3_300_000 * b",{}" + b"]")


def answers_a_bomb(exchange: Exchange) -> None:
    """200 KB that become 200 MB."""
    headers = {"Content-Encoding": "gzip"}
    exchange.answer(200, gzip.compress(b"[" + bytes(200_000_000), compresslevel=1), **headers)
