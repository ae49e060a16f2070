"""Where a Tika Server is."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

_PORTS = {"http": 80, "https": 443}
_RULE = "must be http://HOST:PORT or https://HOST:PORT, like http://127.0.0.1:9998"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The parts of an operator's URL. Its `repr` does not show the credentials."""

    scheme: str
    host: str
    port: int
    path: str
    credentials: tuple[str, str] | None

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Reads http[s]://[USER:PASSWORD@]HOST[:PORT][/PATH]. Raises ValueError, which does not quote the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # The library's own message quotes what it read.
            raise ValueError(_RULE) from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(_RULE)
        has_credentials = parts.username is not None
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            path=parts.path.rstrip("/"),
            credentials=(unquote(parts.username or ""), unquote(parts.password or "")) if has_credentials else None,
        )

    @property
    def host_header(self) -> str:
        """Whom the request is for (RFC 9110, 7.2)."""
        return _authority(self.host, self.port)

    def at(self, address: str) -> str:
        """The URL by an IP address of the host, without credentials."""
        return f"{self.scheme}://{_authority(address, self.port)}{self.path}"

    def __repr__(self) -> str:
        return f"Endpoint({self.at(self.host)!r})"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
