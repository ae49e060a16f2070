"""Tell the snippets that a module made, page by page."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from octavo_server.domain.errors import FailedPreconditionError, InvalidArgumentError, ReadOffsetError
from octavo_server.domain.ids import RequestId, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.domain.modules import ModuleSpecs
from octavo_server.usecases.fetch import Fetch, Output
from octavo_server.usecases.paging import LISTS
from octavo_server.usecases.report import Report
from octavo_server.usecases.snippet_stream import SNIPPET_KEY, NoSnippetsError, Snippet, SnippetStream

JSON = "application/json"
PAGE_BYTES_MAX = 1024 * 1024
"""A page ends with the snippet that goes over it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: in the output of the module with this index, at this byte."""

    index: int
    offset: int


class ListSnippets:
    """Reads snippets, never more of an output than a page needs."""

    def __init__(self, *, report: Report, fetch: Fetch, specs: ModuleSpecs) -> None:
        self._report = report
        self._fetch = fetch
        self._specs = specs

    async def __call__(
        self, tenant: TenantId, request_id: RequestId, *, module: str, page_size: int, after: Place | None
    ) -> tuple[list[Snippet], Place | None]:
        """One page, and where the next begins; None: it was the last. `module` empty: the last that made snippets.

        Raises InvalidArgumentError, NotFoundError, FailedPreconditionError (OUTPUT_NOT_READY, NO_OUTPUT, NO_SNIPPETS).
        """
        size = LISTS.chosen(page_size)
        job, _progress = await self._report(tenant, request_id)
        key = module or self._key(job, after)
        offset = after.offset if after else 0
        try:
            output = await self._fetch.locate(tenant, job.request_id, None, module=key, offset=offset)
        except ReadOffsetError:
            raise InvalidArgumentError("page_token", "must be the next_page_token of a page of this list") from None
        if output.content.media_type != JSON:
            raise _no_snippets(job, key, f"its output is {output.content.media_type}")
        try:
            snippets, end = await self._read(output, offset, size)
        except NoSnippetsError as error:
            raise _no_snippets(job, key, str(error)) from None
        return snippets, None if end is None else Place(output.index, end)

    async def _read(self, output: Output, offset: int, size: int) -> tuple[list[Snippet], int | None]:
        stream, snippets, read = SnippetStream(offset), list[Snippet](), offset
        async with aclosing(self._fetch.read(output, offset=offset)) as chunks:
            async for chunk in chunks:
                read += len(chunk)
                is_last = read >= output.content.size_bytes
                wanted = size - len(snippets)
                snippets += await asyncio.to_thread(stream.feed, chunk, is_last=is_last, snippets_max=wanted)
                is_full = len(snippets) == size or stream.offset - offset > PAGE_BYTES_MAX
                if stream.is_over:
                    return snippets, None
                if is_full:
                    return snippets, stream.offset
        raise NoSnippetsError("it ends before its list does")

    def _key(self, job: Job, after: Place | None) -> str:
        """The module of the page before; or the last that made snippets, or else the first that is to make some. In a
        chain without such a module the last, which says why there are none.
        """
        if after is not None and after.index < len(job.runs):
            return job.runs[after.index].key
        makers = [run for run in job.runs if self._makes_snippets(run.name)]
        made = [run for run in makers if run.output is not None]
        return (made[-1:] or makers[:1] or job.runs[-1:])[0].key

    def _makes_snippets(self, module: str) -> bool:
        spec = self._specs.get(module)
        return spec is not None and spec.output_key == SNIPPET_KEY


def _no_snippets(job: Job, key: str, why: str) -> FailedPreconditionError:
    return FailedPreconditionError(
        f"jobs/{job.request_id}",
        f"module {key} made no list of snippets that fit into messages, read it with FetchOutput: {why}",
        reason="NO_SNIPPETS",
    )
