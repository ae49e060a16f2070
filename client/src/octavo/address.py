"""Where a server is, as a caller writes it."""

import re
from dataclasses import dataclass

from octavo.errors import invalid_argument

PORT_DEFAULT = 50051
TLS_PORT_DEFAULT = 443
_ADDRESS = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(?::(?P<port>\d{1,5}))?/?"
)
_LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|\[::1\]")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's host and port, and whether to speak TLS with it."""

    host: str
    port: int
    is_secure: bool

    @property
    def target(self) -> str:
        """`host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Is the server on this machine? Then no proxy stands between."""
        return _LOOPBACK.fullmatch(self.host) is not None


def parse_address(text: str) -> Address:
    """`host:port` or `http://host:port` (no TLS), or `https://host:port` (TLS).

    Without a port: 443 for https, else 50051. Raises InvalidArgumentError.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        raise invalid_argument(
            "address", f"must be host:port, http://host:port or https://host:port, without a path; {text!r} is not"
        )
    is_secure = match["scheme"] == "https"
    port = int(match["port"]) if match["port"] else (TLS_PORT_DEFAULT if is_secure else PORT_DEFAULT)
    return Address(match["host"], port, is_secure)
