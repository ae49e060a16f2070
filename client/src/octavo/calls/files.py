"""Finds, changes and deletes files."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.calls.base import Calls
from octavo.calls.paging import PAGE_SIZE_MAX, pages, valid_files_max
from octavo.convert import changes, files, jobs, plain
from octavo.errors import NotFoundError
from octavo.files import FileList, FileQuery
from octavo.v1.file_service_pb2 import (
    DeleteFileRequest,
    GetFileRequest,
    ListFilesRequest,
    ShowTreeRequest,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from octavo.files import File, TreeFile
    from octavo.statuses import JobState

TREE_PAGE_SIZE_MAX = 10_000
"""The most that the server puts into a page of a tree."""


class FileCalls(Calls):
    """Finds, changes and deletes files."""

    async def get_file(self, file_id: str, *, pipeline: str = "") -> File:
        """One file. Raises NotFoundError: unknown, expired, deleted, or not of `pipeline`, if that is given."""
        request = plain.message(GetFileRequest, file_id=file_id, pipeline=pipeline)
        reply, _ = await self._connection.unary(self._files.GetFile, request)
        return files.file(reply.file)

    async def files(
        self,
        pipeline: str,
        query: FileQuery | None = None,
        *,
        states: Iterable[JobState] = (),
        oldest_first: bool = False,
    ) -> AsyncGenerator[File]:
        """The files of a pipeline that a query finds, one by one. Holds one page at a time, however many there are.

        A file that is there from the first page to the last comes exactly once, whatever comes and goes meanwhile.
        Raises InvalidArgumentError (a term breaks its rule), NotFoundError (no such pipeline).

        Args:
            pipeline: its name.
            query: which of its files; default: all.
            states: only files whose jobs are in one of these; default: in any.
            oldest_first: in the order they were accepted; default: the newest first.
        """
        request = _list_request(pipeline, query, states, oldest_first=oldest_first)
        async with aclosing(pages(self._connection, self._files.ListFiles, request)) as replies:
            async for reply in replies:
                for file in reply.files:
                    yield files.file(file)

    async def list_files(
        self,
        pipeline: str,
        query: FileQuery | None = None,
        *,
        states: Iterable[JobState] = (),
        oldest_first: bool = False,
        files_max: int = 1_000,
    ) -> FileList:
        """The first `files_max` files that a query finds, and those of its terms that fit no file at all.

        Arguments and errors as in `files`.
        """
        request = _list_request(pipeline, query, states, oldest_first=oldest_first)
        page_size_max = min(valid_files_max(files_max), PAGE_SIZE_MAX)
        found: list[File] = []
        unmatched = FileQuery()
        replies = pages(self._connection, self._files.ListFiles, request, page_size_max=page_size_max)
        async with aclosing(replies):
            async for reply in replies:
                if reply.HasField("unmatched"):
                    unmatched = files.query(reply.unmatched)
                found.extend(files.file(file) for file in reply.files[: files_max - len(found)])
                if len(found) == files_max:
                    break
        return FileList(files=tuple(found), unmatched=unmatched)

    async def update_file(
        self,
        file_id: str,
        *,
        pipeline: str = "",
        file_name: str | None = None,
        symbolic_directory_path: str | None = None,
        symbolic_file_path: str | None = None,
        file_tags: Iterable[tuple[str, str]] | None = None,
        file_description: str | None = None,
        expire_seconds: float | None = None,
    ) -> File:
        """Change a file's name, place, tags, description or time of expiry, whatever its job does; returns it then.

        What is None stays as it is; an empty value empties, where that is allowed. At least one must be given.
        Raises InvalidArgumentError, NotFoundError, AlreadyExistsError if another file of the pipeline has that path.

        Args:
            file_id: the file.
            pipeline: if given, the file must belong to it.
            file_name: must keep its extension.
            symbolic_directory_path: where to file it.
            symbolic_file_path: directory and name in one, instead of the two.
            file_tags: at most 20 pairs, in place of all it has.
            file_description: at most 256 characters.
            expire_seconds: until everything about it is removed, from now: 1 to 2,592,000 (30 days).
        """
        request = changes.update_to_wire(
            file_id,
            pipeline=pipeline,
            file_name=file_name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=file_tags,
            file_description=file_description,
            expire_seconds=expire_seconds,
        )
        reply, _ = await self._connection.unary(self._files.UpdateFile, request)
        return files.file(reply.file)

    async def delete_file(self, file_id: str, *, pipeline: str = "") -> None:
        """Delete a file with its outputs, its record and its status. A job that runs is stopped first.

        Raises NotFoundError: unknown, expired, deleted before, or not of `pipeline`, if that is given.
        """
        request = plain.message(DeleteFileRequest, file_id=file_id, pipeline=pipeline)
        try:
            await self._connection.unary(self._files.DeleteFile, request)
        except NotFoundError as error:
            if not error.was_repeated:
                raise

    async def show_tree(
        self,
        pipeline: str,
        symbolic_directory_path: str = "/*",
        *,
        states: Iterable[JobState] = (),
        files_max: int = 1_000,
    ) -> tuple[TreeFile, ...]:
        """The paths of a pipeline's files, in the order of their bytes, the first `files_max`.

        Raises InvalidArgumentError (the path breaks its rule), NotFoundError (no such pipeline).

        Args:
            pipeline: its name.
            symbolic_directory_path: `/a/b`: that directory alone; `/a/b/*`: what is below it; default: everything.
            states: only files whose jobs are in one of these; default: in any.
            files_max: at most so many.
        """
        request = plain.message(
            ShowTreeRequest,
            pipeline=pipeline,
            symbolic_directory_path=symbolic_directory_path,
            states=jobs.states_to_wire(states),
        )
        page_size_max = min(valid_files_max(files_max), TREE_PAGE_SIZE_MAX)
        found: list[TreeFile] = []
        async with aclosing(
            pages(self._connection, self._files.ShowTree, request, page_size_max=page_size_max)
        ) as replies:
            async for reply in replies:
                found.extend(files.tree_file(file) for file in reply.files[: files_max - len(found)])
                if len(found) == files_max:
                    break
        return tuple(found)


def _list_request(
    pipeline: str, query: FileQuery | None, states: Iterable[JobState], *, oldest_first: bool
) -> ListFilesRequest:
    return plain.message(
        ListFilesRequest,
        pipeline=pipeline,
        query=files.query_to_wire(query),
        states=jobs.states_to_wire(states),
        order=files.order(oldest_first=oldest_first),
    )
