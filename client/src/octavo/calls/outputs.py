"""Fetches what modules made."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.calls.base import Calls
from octavo.calls.paging import pages
from octavo.convert import jobs, plain
from octavo.errors import invalid_argument
from octavo.output import Fetch
from octavo.v1.processing_service_pb2 import FetchOutputRequest, ListSnippetsRequest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from octavo.files import Snippet
    from octavo.statuses import Output


class OutputCalls(Calls):
    """Fetches what modules made."""

    async def fetch_output(self, request_id: str = "", *, file_id: str = "", module: str = "") -> Output:
        """What a module made, whole, checked against its SHA-256. Goes on after a disconnect at the byte it had.

        Raises NotFoundError, FailedPreconditionError if there is no output (yet), DataLossError if it came damaged.

        Args:
            request_id: whose output, by the job's id.
            file_id: the same by the file's id; exactly one of the two.
            module: its key in `process_status`; default: the last module, whose output is the job's.
        """
        if bool(request_id) == bool(file_id):
            raise invalid_argument("request_id", "give exactly one of request_id and file_id")
        if file_id:
            request = plain.message(FetchOutputRequest, file_id=file_id, module=module)
        else:
            request = plain.message(FetchOutputRequest, request_id=request_id, module=module)
        return await Fetch(self._connection, self._processing, request).run()

    async def snippets(self, request_id: str, *, module: str = "") -> AsyncGenerator[Snippet]:
        """The snippets that a module made, in the order of the text. Holds one page at a time.

        Raises NotFoundError, and FailedPreconditionError if there is no output yet, or it is no list of snippets.

        Args:
            request_id: the job.
            module: its key in `process_status`; default: the last module that made snippets.
        """
        request = plain.message(ListSnippetsRequest, request_id=request_id, module=module)
        async with aclosing(pages(self._connection, self._processing.ListSnippets, request)) as replies:
            async for reply in replies:
                for snippet in reply.snippets:
                    yield jobs.snippet(snippet)
