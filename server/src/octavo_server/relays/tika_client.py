"""The `tika` client, kept from what it does beside calling a server. Imported only by relays, when they run."""

import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

CONNECT_SECONDS_MAX = 5.0
_CHUNK_BYTES = 64 * 1024

# Read by the client when it is imported: never start a server, never write a log. It asks for the folder of temporary
# files, too, which Python finds out by writing one.
os.environ.update(TIKA_CLIENT_ONLY="True", TIKA_LOG_FILE="")
tempfile.tempdir = os.devnull
logging.getLogger("tika").addHandler(logging.NullHandler())

import requests  # noqa: E402  # must come after the settings above
from requests.adapters import HTTPAdapter  # noqa: E402  # as above
from tika import tika  # type: ignore[import-untyped]  # noqa: E402  # has no types; as above
from urllib3.exceptions import ProtocolError  # noqa: E402  # as above

from octavo_server.relays.endpoint import Endpoint  # noqa: E402  # as above


class ConnectionFailedError(Exception):
    """The server can't be reached, or broke off. Its text ends the sentence "Tika Server ..."."""


@dataclass(slots=True)
class Answer:
    """What the server answered. The client sets the encoding, and reads the rest."""

    status_code: int
    content: bytes
    is_cut: bool = False
    """Is there more of it than was wanted?"""
    encoding: str = "utf-8"


class TikaClient:
    """Calls one server, at one of its addresses."""

    def __init__(self, endpoint: Endpoint, address: str, *, reply_bytes_max: int) -> None:
        self._endpoint = endpoint
        self._address = address
        self._reply_bytes_max = reply_bytes_max

    def parse(self, document: BinaryIO, headers: Mapping[str, str]) -> Answer:
        """The server's answer to the document. Raises ConnectionFailedError."""
        try:
            status, body = tika.callServer(
                "put",
                self._endpoint.at(self._address),
                "/rmeta/text",
                document,
                {"Accept": "application/json", "Host": self._endpoint.host_header, **headers},
                httpVerbs={"put": self._put},
                rawResponse=True,
                # How long the whole may take is up to the server's clock, which ends this process.
                requestOptions={"timeout": (CONNECT_SECONDS_MAX, None), "verify": True, "auth": self._auth},
            )
        except requests.RequestException as error:
            # The error itself names the URL.
            raise ConnectionFailedError(_told(error)) from None
        return Answer(status, body[: self._reply_bytes_max], is_cut=len(body) > self._reply_bytes_max)

    @property
    def _auth(self) -> tuple[str, str] | None:
        return self._endpoint.credentials

    def _put(self, url: str, data: BinaryIO, **options: Any) -> Answer:
        with requests.Session() as session:
            # No proxies, and no passwords from the home folder: only what the operator wrote into the URL.
            session.trust_env = False
            session.mount("https://", _NamedHost(self._endpoint.host))
            # A redirection would lead the document to somebody the operator did not name.
            response = session.put(url, data, stream=True, allow_redirects=False, **options)
            with closing(response):
                return Answer(response.status_code, self._body(response))

    def _body(self, response: Any) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > self._reply_bytes_max:
                # Nothing but a fault makes it so large: the server was told how much text is wanted.
                break
        return bytes(body)


def _told(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "can't be reached: there is no TLS with it, or its certificate is not trusted"
    cause = error.args[0] if error.args else None
    is_broken_off = isinstance(error, requests.exceptions.ChunkedEncodingError) or isinstance(cause, ProtocolError)
    return "broke off the connection" if is_broken_off else "can't be reached"


class _NamedHost(HTTPAdapter):
    """Connects to an address, and expects the certificate of a name."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """As requests calls it."""
        super().init_poolmanager(*arguments, server_hostname=self._host, assert_hostname=self._host, **options)
