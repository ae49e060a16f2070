"""The connection to a server: one channel, the caller's credential, deadlines and patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import grpc.aio

from octavo.errors import invalid_argument
from octavo.retry import Patience, Retry

if TYPE_CHECKING:
    from collections.abc import Callable

    from octavo.address import Address

Request = TypeVar("Request")
Reply = TypeVar("Reply")

MIB = 1024 * 1024
CALL_SECONDS_MAX = 30.0
"""The deadline of one attempt of a unary call, beside what the server was asked to wait."""
MESSAGE_BYTES_MAX = 8 * MIB
"""Well above the 2 MiB of a Process call."""
KEEPALIVE_MS = 20_000
KEEPALIVE_TIMEOUT_MS = 10_000
"""A peer that vanished without a word is noticed after the two together."""
RECONNECT_MS_FIRST = 100
RECONNECT_MS_MAX = 1_000
CONNECT_MS_MAX = 5_000
AUTH_KEY = "octavo-auth"
"""Metadata of replies: how the server knew the caller, `api-key` or `none`."""


class Connection:
    """One channel to one server. `open` it in the event loop that uses it."""

    def __init__(
        self,
        address: Address,
        *,
        api_key: str | None,
        credentials: grpc.ChannelCredentials | None,
        patience: Patience,
        on_lost: Callable[[str, float], None] | None = None,
    ) -> None:
        self.address = address
        self.metadata = _credential(api_key)
        self._credentials = credentials
        self._patience = patience
        self._channel: grpc.aio.Channel | None = None
        self._on_lost = on_lost
        self._was_answered = False
        self._was_lost = False

    @property
    def channel(self) -> grpc.aio.Channel:
        """The open channel."""
        if self._channel is None:
            raise RuntimeError("the client is not open: use it as `async with octavo.Client(...) as client:`")
        return self._channel

    def open(self) -> None:
        """Make the channel; it connects with the first call."""
        options = _options(self.address)
        if self.address.is_secure:
            credentials = self._credentials or grpc.ssl_channel_credentials()
            self._channel = grpc.aio.secure_channel(self.address.target, credentials, options=options)
        else:
            self._channel = grpc.aio.insecure_channel(self.address.target, options=options)

    async def close(self) -> None:
        """End all calls and let go of the channel. Idempotent."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def retry(self) -> Retry:
        """The retries of one new call or stream."""
        return Retry(
            target=self.address.target,
            seconds_max=self._seconds_max,
            is_secure=self.address.is_secure,
            on_waiting=self._waiting,
        )

    def answered(self, retry: Retry) -> None:
        """Somebody is there: from now on a lost server is waited for."""
        self._was_answered = True
        self._was_lost = False
        retry.succeeded(seconds_max=self._seconds_max)

    async def unary(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Request, Reply],
        request: Request,
        *,
        wait_seconds: float = 0.0,
    ) -> tuple[Reply, grpc.aio.Metadata]:
        """The reply and its trailing metadata. Retries while no server answers; raises OctavoError.

        `wait_seconds`: how long the server was asked to wait before it answers.
        """
        retry = self.retry()
        while True:
            call = method(request, timeout=CALL_SECONDS_MAX + wait_seconds, metadata=self.metadata)
            try:
                reply = await call
            except grpc.aio.AioRpcError as error:
                await retry.pause(error)
            else:
                self.answered(retry)
                return reply, await call.trailing_metadata()

    def _waiting(self) -> None:
        # One word for all calls that wait for the same server.
        if self._was_answered and not self._was_lost and self._on_lost is not None:
            self._was_lost = True
            self._on_lost(self.address.target, self._seconds_max)

    @property
    def _seconds_max(self) -> float:
        return (
            self._patience.unavailable_seconds_max if self._was_answered else self._patience.first_contact_seconds_max
        )


def _credential(api_key: str | None) -> grpc.aio.Metadata:
    if not api_key:
        return grpc.aio.Metadata()
    if not (api_key.isascii() and api_key.isprintable()):
        raise invalid_argument("api_key", "must be printable ASCII characters")
    return grpc.aio.Metadata(("authorization", f"Bearer {api_key}"))


def _options(address: Address) -> list[tuple[str, int]]:
    options = [
        ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
        ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
        ("grpc.initial_reconnect_backoff_ms", RECONNECT_MS_FIRST),
        ("grpc.max_reconnect_backoff_ms", RECONNECT_MS_MAX),
        # In spite of its name: how long one attempt to connect may take.
        ("grpc.min_reconnect_backoff_ms", CONNECT_MS_MAX),
    ]
    if address.is_loopback:
        options.append(("grpc.enable_http_proxy", 0))
    return options
