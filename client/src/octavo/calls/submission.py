"""Submits documents."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from octavo.calls.base import Calls
from octavo.convert import jobs, plain, submissions
from octavo.documents import Document
from octavo.errors import NotFoundError
from octavo.statuses import Priority
from octavo.upload import Upload
from octavo.v1.processing_service_pb2 import ProcessRequest

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from octavo.statuses import Job

UPLOAD = "upload"
"""What the server calls an upload in ResourceInfo."""


class SubmissionCalls(Calls):
    """Submits documents."""

    async def process(
        self,
        pipeline: str,
        document: str | os.PathLike[str] | bytes,
        *,
        file_name: str = "",
        source_file_name: str = "",
        symbolic_directory_path: str = "",
        symbolic_file_path: str = "",
        file_tags: Iterable[tuple[str, str]] = (),
        file_description: str | None = None,
        modules: Mapping[str, Mapping[str, Any]] | None = None,
        expire_seconds: float | None = None,
        processing_seconds_max: float | None = None,
        priority: Priority = Priority.NORMAL,
        idempotency_key: str = "",
    ) -> Job:
        """Submit a document; returns when the job is durable.

        A document over 2 MiB is uploaded first, in chunks, and never held in memory. Safe to repeat with the same
        `idempotency_key`: that returns the first job again. Raises OSError for a file that can't be read.

        Args:
            pipeline: its name.
            document: a file's path, or the bytes themselves.
            file_name: its name there; default: generated.
            source_file_name: its name here, for its extension; default: the path's.
            symbolic_directory_path: where to file it; default `/etc`.
            symbolic_file_path: directory and name in one, instead of the two.
            file_tags: at most 20 pairs of key and value.
            file_description: at most 256 characters.
            modules: `{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`; default: each default model.
            expire_seconds: until everything about it is removed; default 1,800.
            processing_seconds_max: how long the job may take from its first start; default: no bound of its own.
            priority: which waiting job goes first.
            idempotency_key: 1-128 visible ASCII characters; default: a UUID for this call.
        """
        source = Document(document)
        request = plain.message(
            ProcessRequest,
            pipeline=pipeline,
            file_name=file_name,
            source_file_name=source_file_name or source.name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=jobs.tags_to_wire(file_tags),
            file_description=file_description,
            modules=submissions.modules_to_wire(modules or {}),
            expire_after=plain.duration(expire_seconds, "expire_seconds"),
            processing_timeout=plain.duration(processing_seconds_max, "processing_seconds_max"),
            priority=submissions.PRIORITY_TO_WIRE[priority],
            idempotency_key=idempotency_key or str(uuid.uuid4()),
        )
        await self._attach(request, source)
        try:
            reply, _ = await self._connection.unary(self._processing.Process, request)
        except NotFoundError as error:
            if error.resource_type != UPLOAD:
                raise
            # A server died between taking the upload over and recording the job.
            await self._attach(request, source)
            reply, _ = await self._connection.unary(self._processing.Process, request)
        return jobs.job(reply)

    async def _attach(self, request: ProcessRequest, document: Document) -> None:
        content = await document.inline()
        if content is not None:
            request.content = content
            return
        upload = Upload(self._connection, self._files, document, idempotency_key=request.idempotency_key)
        await upload.run()
        request.upload_id = upload.upload_id
