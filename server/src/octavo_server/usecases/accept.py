"""Accept a document: check all of it, then record it durably. Nothing is stored of what is refused."""

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

from octavo_server.domain import files, submissions
from octavo_server.domain.contents import INLINE_BYTES_MAX, Content, describe
from octavo_server.domain.errors import OctavoError, UnavailableError
from octavo_server.domain.files import File
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, TenantId, UploadId
from octavo_server.domain.jobs import Job
from octavo_server.domain.limits import Limits
from octavo_server.domain.modules import ModuleSpecs
from octavo_server.domain.pipelines import Pipeline, asked_name
from octavo_server.domain.submissions import Submission
from octavo_server.ports.blobs import Blobs, Uploads
from octavo_server.ports.clock import Clock, Ids
from octavo_server.ports.engine import Accepted, Engine, StaleError
from octavo_server.usecases.discard_blobs import discard_blobs
from octavo_server.usecases.upload import valid_upload_id

NOT_STORED = Content(size_bytes=0, sha256="")
"""The document of a job that is still being checked."""


class Accept:
    """Turns submissions into jobs."""

    def __init__(
        self,
        *,
        engine: Engine,
        blobs: Blobs,
        uploads: Uploads,
        clock: Clock,
        ids: Ids,
        specs: ModuleSpecs,
        limits: Limits,
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._uploads = uploads
        self._clock = clock
        self._ids = ids
        self._specs = specs
        self._limits = limits
        self._uploads_taken: WeakValueDictionary[tuple[TenantId, str], asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, tenant: TenantId, submission: Submission) -> Accepted:
        """Record the submission as a PENDING job, durable on return.

        A submission whose idempotency key is known returns the job of back then. Raises InvalidArgumentError,
        NotFoundError, AlreadyExistsError, FailedPreconditionError or ResourceExhaustedError.
        """
        submissions.check_idempotency_key(submission.idempotency_key)
        asked_name(submission.pipeline)
        if not submission.upload_id:
            return await self._accept_in_time(tenant, submission)
        # One upload becomes one job: who comes second waits, and finds it taken over.
        async with self._uploads_taken.setdefault((tenant, submission.upload_id), asyncio.Lock()):
            return await self._accept_upload(tenant, submission)

    async def _accept_upload(self, tenant: TenantId, submission: Submission) -> Accepted:
        if submission.idempotency_key:
            # The first call took the upload over, so a retry would not find it.
            known = await self._engine.find_accepted(
                tenant, PipelineName(submission.pipeline), submission.idempotency_key
            )
            if known and known.fingerprint == submission.fingerprint:
                return Accepted(known, deduplicated=True)
        return await self._accept_in_time(tenant, submission)

    async def _accept_in_time(self, tenant: TenantId, submission: Submission) -> Accepted:
        while True:
            pipeline = await self._engine.get_pipeline(tenant, PipelineName(submission.pipeline))
            try:
                return await self._accept(pipeline, submission)
            except StaleError:
                # The pipeline took another chain in between: look again.
                continue

    async def _accept(self, pipeline: Pipeline, submission: Submission) -> Accepted:
        submissions.check_source(submission)
        inline = submission.content if _fits_inline(submission) else None
        job = self._job(pipeline, submission, NOT_STORED if inline is None else describe(inline))
        size_bytes = await self._size_bytes(pipeline.tenant, submission)
        submissions.check_document(job.file.name, size_bytes, pipeline, self._specs, self._limits)
        if inline is not None:
            return await self._record(job, inline)
        document = await self._store(pipeline.tenant, submission)
        assert document.blob_key is not None
        try:
            accepted = await self._record(replace(job, document=document), None)
        except (OctavoError, StaleError) as error:
            if _is_refusal(error):
                await discard_blobs(self._blobs, [document.blob_key])
            raise
        if accepted.deduplicated:
            await discard_blobs(self._blobs, [document.blob_key])
        if submission.upload_id:
            await self._uploads.discard(pipeline.tenant, UploadId(submission.upload_id))
        return accepted

    async def _record(self, job: Job, inline: bytes | None) -> Accepted:
        accepted = await self._engine.accept(job, inline)
        # Expired jobs made room.
        await discard_blobs(self._blobs, accepted.removed.blob_keys)
        return accepted

    async def _size_bytes(self, tenant: TenantId, submission: Submission) -> int:
        if submission.content is not None:
            return len(submission.content)
        upload = await self._uploads.get(tenant, valid_upload_id(submission.upload_id))
        return upload.committed_size_bytes

    async def _store(self, tenant: TenantId, submission: Submission) -> Content:
        key = BlobKey(self._ids.uuid().replace("-", ""))
        if submission.content is None:
            return await self._uploads.adopt(tenant, UploadId(submission.upload_id), key)
        await self._blobs.put(key, submission.content)
        return await asyncio.to_thread(describe, submission.content, blob_key=key)

    def _job(self, pipeline: Pipeline, submission: Submission, document: Content) -> Job:
        letters = self._ids.letters(submissions.GENERATED_NAME_LETTERS)
        directory, name = submissions.named_file(submission, letters)
        now = self._clock.now()
        return Job(
            request_id=RequestId(self._ids.uuid()),
            tenant=pipeline.tenant,
            pipeline=pipeline.name,
            file=File(
                file_id=FileId(self._ids.uuid()),
                name=name,
                directory=directory,
                tags=files.valid_tags(submission.tags),
                description=files.valid_description(submission.description),
            ),
            document=document,
            runs=submissions.module_runs(pipeline, self._specs, submission.options),
            create_time=now,
            update_time=now,
            expire_time=Instant(now + submissions.seconds_until_expiry(submission.expire_seconds)),
            priority=submission.priority,
            idempotency_key=submission.idempotency_key,
            fingerprint=submission.fingerprint,
            processing_seconds_max=submissions.processing_seconds(submission.processing_seconds),
        )


def _is_refusal(error: Exception) -> bool:
    """Is it certain that nothing was recorded? If not, only the sweep for orphans can tell what to do with the blob."""
    return not isinstance(error, UnavailableError) and getattr(error, "reason", "") != "DISK_FULL"


def _fits_inline(submission: Submission) -> bool:
    return submission.content is not None and len(submission.content) <= INLINE_BYTES_MAX
