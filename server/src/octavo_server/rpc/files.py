"""FileService: translates calls into use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import file_service_pb2 as wire
from octavo.v1.file_service_pb2_grpc import FileServiceServicer
from octavo_server.rpc import convert, file_messages, pages, uploads
from octavo_server.rpc.caller import TENANT
from octavo_server.usecases.upload import Receive, valid_upload_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.ports.blobs import Uploads
    from octavo_server.usecases.delete_file import DeleteFile
    from octavo_server.usecases.find_file import FindFile
    from octavo_server.usecases.list_files import ListFiles
    from octavo_server.usecases.show_tree import ShowTree
    from octavo_server.usecases.update_file import UpdateFile


class FileServicer(FileServiceServicer):
    """Uploads and files."""

    def __init__(
        self,
        *,
        receive: Receive,
        uploads: Uploads,
        find: FindFile,
        listing: ListFiles,
        update: UpdateFile,
        delete: DeleteFile,
        tree: ShowTree,
    ) -> None:
        self._receive = receive
        self._uploads = uploads
        self._find = find
        self._list = listing
        self._update = update
        self._delete = delete
        self._tree = tree

    async def UploadFile(
        self, request_iterator: AsyncIterator[wire.UploadFileRequest], context: ServicerContext[Any, Any]
    ) -> wire.UploadFileResponse:
        return uploads.uploaded(*await self._receive(TENANT.get(), uploads.chunks(request_iterator)))

    async def GetUpload(
        self, request: wire.GetUploadRequest, context: ServicerContext[Any, Any]
    ) -> wire.GetUploadResponse:
        upload_id = valid_upload_id(request.upload_id)
        return uploads.found(upload_id, await self._uploads.get(TENANT.get(), upload_id))

    async def GetFile(self, request: wire.GetFileRequest, context: ServicerContext[Any, Any]) -> wire.GetFileResponse:
        job = await self._find(TENANT.get(), request.file_id, pipeline=request.pipeline)
        return wire.GetFileResponse(file=file_messages.file(job))

    async def ListFiles(
        self, request: wire.ListFilesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListFilesResponse:
        found = await self._list(
            TENANT.get(),
            request.pipeline,
            file_messages.query(request.query),
            states=file_messages.states(request.states),
            oldest_first=file_messages.is_oldest_first(request.order),
            page_size=request.page_size,
            after=pages.whole_position(request, request.page_token),
        )
        page = pages.filled(((file_messages.file(one.job), one.position) for one in found.page.jobs), found.page.next)
        return wire.ListFilesResponse(
            files=page.messages,
            next_page_token=pages.token_for(request, page.next),
            unmatched=file_messages.unmatched(found.unmatched),
        )

    async def UpdateFile(
        self, request: wire.UpdateFileRequest, context: ServicerContext[Any, Any]
    ) -> wire.UpdateFileResponse:
        changes = file_messages.changes(request)
        job = await self._update(TENANT.get(), request.file_id, changes, pipeline=request.pipeline)
        return wire.UpdateFileResponse(file=file_messages.file(job))

    async def DeleteFile(
        self, request: wire.DeleteFileRequest, context: ServicerContext[Any, Any]
    ) -> wire.DeleteFileResponse:
        await self._delete(TENANT.get(), request.file_id, pipeline=request.pipeline)
        return wire.DeleteFileResponse()

    async def ShowTree(
        self, request: wire.ShowTreeRequest, context: ServicerContext[Any, Any]
    ) -> wire.ShowTreeResponse:
        found = await self._tree(
            TENANT.get(),
            request.pipeline,
            request.symbolic_directory_path,
            states=file_messages.states(request.states),
            page_size=request.page_size,
            after=pages.text_position(request, request.page_token) or "",
        )
        page = pages.filled(
            (
                (
                    wire.TreeFile(symbolic_file_path=one.path, file_id=one.file_id, state=convert.JOB_STATE[one.state]),
                    one.path,
                )
                for one in found.files
            ),
            found.next,
        )
        return wire.ShowTreeResponse(files=page.messages, next_page_token=pages.token_for(request, page.next))
