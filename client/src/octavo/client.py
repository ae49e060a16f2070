"""The asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from octavo.address import parse_address
from octavo.calls.files import FileCalls
from octavo.calls.jobs import JobCalls
from octavo.calls.outputs import OutputCalls
from octavo.calls.pipelines import PipelineCalls
from octavo.calls.search import SearchCalls
from octavo.calls.submission import SubmissionCalls
from octavo.channel import Connection
from octavo.retry import Patience

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import grpc


class Client(SubmissionCalls, JobCalls, OutputCalls, FileCalls, SearchCalls, PipelineCalls):
    """A client of one server. Use it as `async with Client("127.0.0.1:50051") as client:`.

    - Submit: `process`.
    - Follow: `process_status`, `watch`, `watch_pipeline`; stop and repeat: `cancel`, `retry`; list: `processes`.
    - Outputs: `fetch_output`, `snippets`.
    - Files: `get_file`, `files`, `list_files`, `show_tree`, `update_file`, `delete_file`.
    - Search: `keyword_search`.
    - Pipelines: `create_pipeline`, `get_pipeline`, `list_pipelines`, `reset_pipeline`, `delete_pipeline`,
      `list_modules`; the connection: `authenticate`.

    Every call retries while the server is not there (`patience`), and every unary call has a deadline of 30 s an
    attempt, beside what it is asked to wait. All methods raise OctavoError.
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        patience: Patience | None = None,
        on_lost: Callable[[str, float], None] | None = None,
    ) -> None:
        """Nothing is connected yet.

        Args:
            address: `host:port` or `http://host:port` (no TLS), `https://host:port` (TLS).
            api_key: sent with every call, if given.
            credentials: for TLS; default: the roots that come with gRPC.
            patience: how long to go on trying while no server answers.
            on_lost: called once each time that a server which had answered is gone, with its `host:port` and for how
                many seconds calls will try again; in the event loop, so it must not block.
        """
        connection = Connection(
            parse_address(address),
            api_key=api_key,
            credentials=credentials,
            patience=patience or Patience(),
            on_lost=on_lost,
        )
        super().__init__(connection)

    @property
    def target(self) -> str:
        """The server's `host:port`."""
        return self._connection.address.target

    async def __aenter__(self) -> Self:
        self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()
