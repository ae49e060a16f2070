"""What an operator can set: by OCTAVO_* variables, or by options of `octavo-server serve`, which win.

The only reader of the environment; below __main__ settings are frozen values.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from octavo_server.domain.limits import MIB, Limits
from octavo_server.relays.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "OCTAVO_"
CLIENT_VARIABLES = frozenset({"OCTAVO_SERVER", "OCTAVO_API_KEY"})
"""Read by the `octavo` command, not by us."""


class SettingsError(Exception):
    """A setting is unknown or breaks its rule; the message names it and says what is allowed."""


def _tika_url(text: str | None) -> str | None:
    if text is not None:
        Endpoint.from_url(text)
    return text


def _listen_address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004  # the highest TCP port
        raise ValueError("must be HOST:PORT, like 127.0.0.1:50051; port 0 picks a free one")
    return text


class Settings(BaseSettings):
    """All settings of a server, with their defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    listen: Annotated[str, AfterValidator(_listen_address)] = "127.0.0.1:50051"
    """HOST:PORT to serve on; port 0 picks a free one, told in the line `listening on HOST:PORT`."""
    data_dir: Path = Path("octavo-data")
    """Where jobs, documents and outputs are kept; made if it is not there. One server at a time."""
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=0, le=256)
    """Child processes that run modules; default: one a processor. 0: accept and serve, but run nothing."""
    insecure: bool = False
    """Serve other machines without API keys; without it such an address is refused."""
    api_keys_file: Path | None = None
    """A file with a line `TENANT KEY` a key (16 characters at least). With it, every call needs one of these keys, and
    tenants never see each other."""
    text_bytes_max: int = Field(default=2 * MIB, ge=1)
    """The largest text file (.txt, .md, .csv, .json, source code ...) that is accepted."""
    document_bytes_max: int = Field(default=100 * MIB, ge=1)
    """The largest other document that is accepted."""
    json_bytes_max: int = Field(default=5 * MIB, ge=1)
    """The largest JSON file that is accepted where a chain starts with a module that reads JSON."""
    output_bytes_max: int = Field(default=5 * MIB, ge=1)
    """The largest output a module may make; beyond, the job is FAILED with OUTPUT_TOO_LARGE."""
    module_seconds_max: float = Field(default=120.0, gt=0)
    """How long a module may take, attempts that crash included; beyond, the job is FAILED with TIME_LIMIT."""
    attempts_max: int = Field(default=3, ge=1)
    """After so many crashes of a module its job is FAILED."""
    child_data_bytes_max: int = Field(default=1024 * MIB, ge=256 * MIB)
    """The memory a child process may fill."""
    child_jobs_max: int = Field(default=1_000, ge=1)
    """A child process is replaced after so many modules. 1 gives every module a process of its own, at 0.1 to 0.3 s
    each."""
    tika_url: Annotated[str | None, AfterValidator(_tika_url)] = Field(default=None, repr=False)
    """`http[s]://[USER:PASSWORD@]HOST[:PORT][/PATH]` of a Tika Server, which reads what the other extractors can't. A
    password belongs into the variable, not into the option, which other users of the machine see."""
    tika_seconds_max: float = Field(default=60.0, gt=0)
    """How long Tika Server may take for a document, at most half of what the module may; beyond, the next extractor
    reads it."""
    queue_jobs_max: int = Field(default=100_000, ge=1)
    """Unfinished jobs the server holds; beyond, Process answers RESOURCE_EXHAUSTED."""
    jobs_cached_max: int = Field(default=10_000, ge=1)
    """Jobs kept in memory for quick answers, about 3 KB each."""
    watchers_max: int = Field(default=20_000, ge=1)
    """Open watches; beyond, StatusWatch answers RESOURCE_EXHAUSTED."""
    lease_seconds: float = Field(default=30.0, ge=1)
    """After so long without a sign of life from its worker a job is given to another."""
    drain_seconds: float = Field(default=10.0, ge=0)
    """At SIGTERM: how long running modules may go on before their jobs are given back."""

    @property
    def host(self) -> str:
        """The host to listen on, without brackets."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.listen.rpartition(":")[2])

    @property
    def is_loopback(self) -> bool:
        """Is the server to be reached from this machine only?"""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def limits(self) -> Limits:
        """What the use cases need of it."""
        return Limits(
            text_bytes_max=self.text_bytes_max,
            document_bytes_max=self.document_bytes_max,
            json_bytes_max=self.json_bytes_max,
            module_seconds_max=self.module_seconds_max,
            attempts_max=self.attempts_max,
        )


def read_settings(options: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Settings from the environment, `options` first. Raises SettingsError."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | CLIENT_VARIABLES
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting; these are: {', '.join(sorted(known))}")
    try:
        return Settings(**options)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"--{name.replace('_', '-')} ({PREFIX}{name.upper()}): {reason}") from None
